import assert from 'node:assert/strict';
import type { ImageCache } from '../../../src/alibaba/eci-answers.ts';
import { ImageCacheInventory } from '../../../src/imagecache/inventory.ts';
import { ownershipTags } from '../../../src/imagecache/tags.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeEciClient } from '../eci/fake-eci-client.ts';

function cacheOf(uid: string | undefined): ImageCache {
  const tags = uid === undefined ? [] : ownershipTags({ clusterId: 'c', uid, name: 'web', generation: 1 });
  return { imageCacheId: 'imc-victim', images: [], tags, events: [] };
}

describe('an ImageCache whose status names an image cache', () => {
  const claim = { uid: 'uid-attacker', imageCacheId: 'imc-victim' };
  const cases: Readonly<Record<string, { owner: string | undefined; foreign: boolean }>> = {
    'does not get one that was made for another object': { owner: 'uid-victim', foreign: true },
    'gets the one that was made for it': { owner: 'uid-attacker', foreign: false },
    'gets one that another controller made': { owner: undefined, foreign: false },
  };
  for (const [sentence, { owner, foreign }] of Object.entries(cases)) {
    it(sentence, () => {
      const inventory = new ImageCacheInventory({ eci: new FakeEciClient(new FakeClock()), clusterId: 'c' });
      inventory.add(cacheOf(owner));
      assert.equal(inventory.isForeign(claim), foreign);
      assert.equal(inventory.find(claim) === undefined, foreign);
    });
  }
});
