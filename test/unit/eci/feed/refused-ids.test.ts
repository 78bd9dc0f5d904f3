import assert from 'node:assert/strict';
import { INSTANCE_ID_ANNOTATION } from '../../../../src/eci/create/written-annotations.ts';
import { aPod } from '../../../support/pod-builder.ts';
import { setUp, tagsOf } from '../provider-setup.ts';

const claims = (uid: string, id: string) => aPod({ uid, annotations: { [INSTANCE_ID_ANNOTATION]: id } });

describe('an id that the service refuses in a call by id', () => {
  for (const code of ['InvalidParameter', 'InvalidParameter.NotFound']) {
    it(`does not hide the groups of other Pods (${code})`, async () => {
      const { eci, provider, run, stop } = setUp();
      await run(1);
      // Not in the listing of this node, so only a call by id shows it.
      const tags = tagsOf('uid-good').filter((tag) => !tag.key.endsWith('-node'));
      eci.seed({ containerGroupId: 'eci-good', tags });
      eci.refusedIds.set('eci-bad', code);
      provider.createdInstanceId(claims('uid-bad', 'eci-bad'));
      provider.createdInstanceId(claims('uid-good', 'eci-good'));
      await run(10);
      assert.equal(provider.get('uid-good')?.instanceId, 'eci-good');
      await stop();
    });

    it(`does not keep its own Pod from being deleted (${code})`, async () => {
      const { eci, provider, run, stop } = setUp();
      eci.seed({ containerGroupId: 'eci-other', tags: tagsOf('uid-other') });
      eci.refusedIds.set('eci-bad', code);
      await run(1);
      provider.createdInstanceId(claims('uid-bad', 'eci-bad'));
      await run(15);
      await provider.delete('uid-bad', { force: false });
      await run(90);
      assert.equal(provider.isVerifiedAbsent('uid-bad'), true);
      await stop();
    });
  }
});
