import assert from 'node:assert/strict';
import type { EciEvent } from '../../../../src/alibaba/eci-answers.ts';
import type { InstanceEvent } from '../../../../src/node/pod-provider.ts';
import { restart, setUp, tagsOf } from '../provider-setup.ts';

const at = (ms: number): string => new Date(ms).toISOString();

function world() {
  const cloud = setUp();
  const events: InstanceEvent[] = [];
  cloud.provider.onInstanceEvent((event) => events.push(event));
  const happens = (uid: string, reason: string, more: Partial<EciEvent> = {}): void => {
    const group = cloud.eci.groups.get(`eci-${uid}`);
    assert.ok(group !== undefined);
    const firstTimestamp = at(cloud.clock.nowMs());
    group.events.push({ type: 'Warning', reason, message: `${reason} of ${uid}`, firstTimestamp, ...more });
  };
  return { ...cloud, events, happens };
}

describe('what the cloud says about groups', () => {
  it('reaches the Pod once, with type, reason and message', async () => {
    const { eci, events, happens, run, stop } = world();
    eci.seed({ containerGroupId: 'eci-u1', status: 'Pending', tags: tagsOf('u1') });
    await run(2);
    happens('u1', 'ErrImagePull');
    await run(30);
    assert.deepEqual(events, [{ uid: 'u1', type: 'Warning', reason: 'ErrImagePull', message: 'ErrImagePull of u1' }]);
    await stop();
  });

  it('before the start is not repeated by a new process', async () => {
    const first = world();
    first.eci.seed({ containerGroupId: 'eci-u1', status: 'Pending', tags: tagsOf('u1') });
    await first.run(2);
    first.happens('u1', 'BackOff');
    await first.run(20);
    assert.equal(first.events.length, 1);
    await first.stop();
    const again = restart(first);
    const repeated: InstanceEvent[] = [];
    again.provider.onInstanceEvent((event) => repeated.push(event));
    await again.run(30);
    first.happens('u1', 'Started');
    await again.run(30);
    assert.deepEqual(
      repeated.map(({ reason }) => reason),
      ['Started'],
    );
    await again.stop();
  });

  it('in the very second of the start is news: the cloud tells whole seconds', async () => {
    const first = setUp();
    first.eci.seed({ containerGroupId: 'eci-u1', status: 'Pending', tags: tagsOf('u1') });
    await first.clock.advance(700);
    const { provider, run, stop } = restart(first);
    const told: InstanceEvent[] = [];
    provider.onInstanceEvent((event) => told.push(event));
    const second = Math.floor(first.clock.nowMs() / 1000) * 1000;
    first.eci.groups.get('eci-u1')?.events.push({ reason: 'Pulled', message: 'm', firstTimestamp: at(second) });
    await run(10);
    assert.equal(told.length, 1);
    await stop();
  });

  it('is not asked for while nothing changes, and at most twelve times a minute otherwise', async () => {
    const { eci, run, stop } = world();
    for (let index = 0; index < 100; index++) {
      eci.seed({ containerGroupId: `eci-u${index}`, status: 'Running', tags: tagsOf(`u${index}`) });
    }
    await run(120);
    const settled = eci.count('describeContainerGroupEvents');
    await run(600);
    assert.equal(eci.count('describeContainerGroupEvents'), settled);
    for (const group of eci.groups.values()) group.status = 'Pending';
    const before = eci.count('describeContainerGroupEvents');
    await run(600);
    assert.ok(eci.count('describeContainerGroupEvents') - before <= 120);
    await stop();
  });

  it('is left alone for a while when it may not be asked for, and the node stays healthy', async () => {
    const { eci, provider, run, stop } = world();
    eci.seed({ containerGroupId: 'eci-u1', status: 'Pending', tags: tagsOf('u1') });
    eci.fail('describeContainerGroupEvents', 'NoPermission', { times: 100, httpStatus: 403 });
    await run(500);
    assert.equal(eci.count('describeContainerGroupEvents'), 1);
    assert.equal(provider.health()?.reachable, true);
    await stop();
  });
});
