import assert from 'node:assert/strict';
import { describeProblem } from '../../../src/annotations/describe-problem.ts';
import { checkPodAnnotationValues } from '../../../src/annotations/parse-pod-annotations.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { Profile, type ProfileValues } from '../../../src/profile/profile.ts';
import { noLog } from '../../../src/telemetry/types.ts';

const initial = { vSwitchIds: 'vsw-1', securityGroupId: 'sg-1' };

function profile(values: ProfileValues = initial): Profile<{ vSwitchIds: string[]; securityGroupId: string }> {
  return new Profile(values, {
    logger: noLog,
    checkAnnotations: (annotations) => checkPodAnnotationValues(annotations).map(describeProblem),
    configFrom: ({ vSwitchIds = '', securityGroupId = '' }) => {
      if (!vSwitchIds.startsWith('vsw-')) throw new ConfigError([`vSwitchIds: ${vSwitchIds} is none`]);
      return { vSwitchIds: vSwitchIds.split(','), securityGroupId };
    },
  });
}

describe('a profile', () => {
  it('gives its values, and those of a change', () => {
    const changing = profile();
    assert.deepEqual(changing.current().vSwitchIds, ['vsw-1']);
    assert.deepEqual(changing.change({ ...initial, vSwitchIds: 'vsw-2,vsw-3' }), { kind: 'applied' });
    assert.deepEqual(changing.current().vSwitchIds, ['vsw-2', 'vsw-3']);
  });

  it('takes nothing of a change with a mistake in it, and says all of them', () => {
    const changing = profile();
    const change = changing.change({ vSwitchIds: 'nonsense', securityGroupId: 'sg-2', selectors: '{' });
    assert.equal(change.kind, 'rejected');
    if (change.kind !== 'rejected') return;
    assert.equal(change.problems.length, 2);
    assert.deepEqual(changing.current(), { vSwitchIds: ['vsw-1'], securityGroupId: 'sg-1' });
  });

  it('says a mistake once, and takes the correction', () => {
    const changing = profile();
    const wrong = { ...initial, vSwitchIds: 'nonsense' };
    assert.equal(changing.change(wrong).kind, 'rejected');
    assert.equal(changing.change(wrong).kind, 'unchanged');
    assert.equal(changing.change({ ...initial, vSwitchIds: 'vsw-9' }).kind, 'applied');
  });

  it('tells of values that hold from now on, once they hold, and of no others', () => {
    const changing = profile();
    const told: string[] = [];
    changing.onApplied(() => told.push(changing.current().vSwitchIds.join()));
    changing.change({ ...initial, vSwitchIds: 'vsw-2' });
    changing.change({ ...initial, vSwitchIds: 'vsw-2' });
    changing.change({ ...initial, vSwitchIds: 'nonsense' });
    assert.deepEqual(told, ['vsw-2']);
  });

  it('does not mind keys that nobody reads', () => {
    assert.equal(profile().change({ ...initial, enableClusterIp: 'true' }).kind, 'unchanged');
  });

  it('refuses an effect that would have every Pod held', () => {
    const effect = { annotations: { 'k8s.aliyun.com/eci-fail-strategy': 'fail-soon', 'example.com/any': 'thing' } };
    const change = profile().change({ ...initial, selectors: JSON.stringify([{ name: 'a', effect }]) });
    assert.equal(change.kind, 'rejected');
    if (change.kind !== 'rejected') return;
    assert.match(
      change.problems.join(),
      /^selectors\[0\]\.effect\.annotations: k8s\.aliyun\.com\/eci-fail-strategy="fail-soon": /,
    );
  });

  it('goes back to what it was', () => {
    const changing = profile();
    changing.change({ ...initial, selectors: '[' });
    assert.equal(changing.change(initial).kind, 'applied');
  });

  it('must be valid at the start', () => {
    assert.throws(() => profile({ ...initial, selectors: '[' }), ConfigError);
  });
});
