import assert from 'node:assert/strict';
import { ProfileEffects } from '../../../src/profile/profile-effects.ts';
import type { ProfileSelector } from '../../../src/profile/selector.ts';
import { aPod } from '../../support/pod-builder.ts';

const everybody: ProfileSelector = {
  name: 'everybody',
  namespaceLabels: {},
  objectLabels: {},
  effect: { annotations: { 'k8s.aliyun.com/eci-fail-strategy': 'fail-fast', other: 'profile' }, labels: {} },
};

function setUp(...selectors: ProfileSelector[]): { effects: ProfileEffects; read: string[] } {
  const read: string[] = [];
  const getNamespace = async (name: string) => {
    read.push(name);
    return await Promise.resolve({ metadata: { name, labels: { department: 'hr' } } });
  };
  return { effects: new ProfileEffects({ selectors: () => selectors, getNamespace }), read };
}

describe('effects of the profile', () => {
  it('stand beneath the annotations of the Pod', async () => {
    const { effects } = setUp(everybody);
    const pod = await effects.apply(aPod({ annotations: { other: 'own' } }));
    assert.deepEqual(pod.metadata?.annotations, { 'k8s.aliyun.com/eci-fail-strategy': 'fail-fast', other: 'own' });
  });

  it('are remembered for questions that come later about the same creation', async () => {
    const { effects } = setUp(everybody);
    const pod = aPod();
    assert.equal(effects.asApplied(pod), pod);
    const applied = await effects.apply(pod);
    assert.deepEqual(effects.asApplied(aPod()), applied);
  });

  it('ask for the namespace only when it matters', async () => {
    const { effects, read } = setUp(everybody);
    await effects.of(aPod());
    assert.deepEqual(read, []);
    const byNamespace = setUp({ ...everybody, namespaceLabels: { department: 'hr' } });
    assert.equal((await byNamespace.effects.of(aPod())).annotations['other'], 'profile');
    assert.deepEqual(byNamespace.read, ['default']);
  });
});
