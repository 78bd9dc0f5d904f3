import assert from 'node:assert/strict';
import { Profile, type ProfileValues } from '../../../src/profile/profile.ts';
import { watchDirectory } from '../../../src/profile/watch-directory.ts';
import { noLog } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the watch of a mounted profile', () => {
  it('takes what has changed, and bears a file that cannot be read', async () => {
    const clock = new FakeClock();
    let values: () => ProfileValues = () => ({ vSwitchIds: 'vsw-1' });
    const options = {
      logger: noLog,
      checkAnnotations: () => [],
      configFrom: (given: ProfileValues) => given['vSwitchIds'],
    };
    const profile = new Profile(values(), options);
    const stopping = new AbortController();
    const read = async (): Promise<ProfileValues> => await Promise.resolve(values());
    const watching = watchDirectory({ read, profile, clock, logger: noLog }, stopping.signal);
    values = () => ({ vSwitchIds: 'vsw-2' });
    await clock.advance(10_000);
    assert.equal(profile.current(), 'vsw-2');
    values = () => {
      throw new Error('gone');
    };
    await clock.advance(10_000);
    assert.equal(profile.current(), 'vsw-2');
    values = () => ({ vSwitchIds: 'vsw-3' });
    await clock.advance(10_000);
    assert.equal(profile.current(), 'vsw-3');
    stopping.abort();
    await watching;
    assert.equal(clock.sleeping(), 0);
  });
});
