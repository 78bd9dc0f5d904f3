import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { INSTANCE_ID_ANNOTATION } from '../../../src/eci/create/written-annotations.ts';
import { aPod } from '../../support/pod-builder.ts';
import { setUp, tagsOf } from '../eci/provider-setup.ts';

const VICTIM = 'eci-victim';
const pod = aPod({ uid: 'uid-attacker', annotations: { [INSTANCE_ID_ANNOTATION]: VICTIM } });

describe('a Pod whose author wrote the id of a container group on it', () => {
  const owners = {
    'another Pod of this cluster': tagsOf('uid-victim'),
    'nobody, as it was made by hand': [],
    'a Pod with the same UID in another cluster': [
      { key: 'eci-kubelet-cluster', value: 'cluster-2' },
      { key: 'eci-kubelet-uid', value: 'uid-attacker' },
    ],
  };
  for (const [owner, tags] of Object.entries(owners)) {
    it(`does not delete the group when it belongs to ${owner}`, async () => {
      const { eci, provider, run, stop } = setUp();
      await run(1);
      eci.seed({ containerGroupId: VICTIM, tags });
      assert.equal(provider.createdInstanceId(pod), VICTIM);
      await provider.delete('uid-attacker', { force: true });
      await run(400);
      await provider.delete('uid-attacker', { force: true });
      assert.ok(eci.groups.has(VICTIM));
      assert.equal(provider.isVerifiedAbsent('uid-attacker'), true, 'the Pod itself can go');
      await stop();
    });
  }

  it('deletes the group when the tags say that it was made for the Pod', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    eci.seed({ containerGroupId: VICTIM, tags: tagsOf('uid-attacker') });
    assert.equal(provider.createdInstanceId(pod), VICTIM);
    await provider.delete('uid-attacker', { force: false });
    assert.equal(eci.groups.has(VICTIM), false);
    await stop();
  });
});
