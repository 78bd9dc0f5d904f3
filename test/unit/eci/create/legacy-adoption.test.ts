import assert from 'node:assert/strict';
import { tagKeys } from '../../../../src/eci/identity/ownership-tags.ts';
import { createEciProvider } from '../../../../src/eci/provider.ts';
import { aPod } from '../../../support/pod-builder.ts';
import { setUp, testConfig, testPorts } from '../provider-setup.ts';

const uid = '0a1b2c3d-0000-4000-8000-000000000001';
const pod = aPod({ metadata: { creationTimestamp: '2025-12-31T00:00:00Z' }, status: { phase: 'Running' } });

function world(adoptLegacyGroups: boolean, podName = 'web') {
  const { clock, eci } = setUp();
  const provider = createEciProvider({
    polling: { busyMs: 4_000, idleMs: 15_000, sweepMs: 300_000 },
    config: { ...testConfig, adoptLegacyGroups },
    ports: testPorts({ clock, eci }),
  });
  eci.seed({
    containerGroupId: 'eci-legacy',
    tags: [
      { key: 'UID', value: uid },
      { key: 'NameSpace', value: 'default' },
      { key: 'PodName', value: podName },
    ],
  });
  return { eci, provider };
}

describe('a group of the old open-source provider', () => {
  it('is taken over with our tags where that is wanted; no second one is made', async () => {
    const { eci, provider } = world(true);
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.deepEqual([outcome.instanceId, outcome.notes[0]?.reason], ['eci-legacy', 'ProviderAdopted']);
    assert.equal(eci.count('createContainerGroup'), 0);
    const tags = eci.groups.get('eci-legacy')?.tags ?? [];
    assert.equal(tags.find(({ key }) => key === tagKeys.uid)?.value, uid);
    assert.equal(tags.find(({ key }) => key === 'UID')?.value, uid, 'its own tags stay');
  });

  it('is left alone otherwise', async () => {
    const { eci, provider } = world(false);
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.notEqual(outcome.instanceId, 'eci-legacy');
    assert.deepEqual(eci.updates, []);
  });

  it('of another name is somebody else’s, whatever UID it carries', async () => {
    const { eci, provider } = world(true, 'another');
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.notEqual(outcome.instanceId, 'eci-legacy');
    assert.deepEqual(eci.updates, []);
  });

  it('is none that we made, whatever the author of its Pod wrote into its tags', async () => {
    const { eci, provider } = world(true);
    const legacy = eci.groups.get('eci-legacy');
    assert.ok(legacy);
    legacy.tags.push({ key: tagKeys.cluster, value: testConfig.clusterId }, { key: tagKeys.uid, value: 'attacker' });
    const outcome = await provider.create(pod, { number: 1 });
    assert.ok(outcome.kind === 'created');
    assert.notEqual(outcome.instanceId, 'eci-legacy');
    assert.deepEqual(eci.updates, []);
  });

  it('is not looked for on behalf of Pods that are younger than this process', async () => {
    const { eci, provider } = world(true);
    await provider.create(aPod({ metadata: { creationTimestamp: '2027-01-01T00:00:00Z' } }), { number: 1 });
    assert.equal(eci.count('describeContainerGroups'), 0);
  });

  it('keeps anything from being made while it cannot be looked for', async () => {
    const { eci, provider } = world(true);
    eci.fail('describeContainerGroups', 'InternalError', { httpStatus: 500 });
    await assert.rejects(provider.create(pod, { number: 1 }));
    assert.equal(eci.count('createContainerGroup'), 0);
  });
});
