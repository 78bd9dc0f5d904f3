import assert from 'node:assert/strict';
import { containerGroups } from '../support/cloud-resources.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, deletePod, readPod, untilPodIsGone, untilPodRuns } from '../support/sandbox-pods.ts';

describe('Pods that are deleted while nobody runs', function () {
  this.timeout(60_000);
  let platform: Platform;
  let product: ProductProcess;

  before(async function () {
    platform = await createPlatform(this);
    product = await platform.start();
  });

  after(() => platform?.dispose());

  it('lose their groups after the start; a group whose Pod left no trace is left to the sweep', async () => {
    const [graceful, overdue, forced, kept] = await Promise.all(
      ['graceful', 'overdue', 'forced', 'kept'].map((name) => createPod(platform, name)),
    );
    assert.ok(graceful !== undefined && overdue !== undefined && forced !== undefined && kept !== undefined);
    await Promise.all([graceful, overdue, forced, kept].map((pod) => untilPodRuns(platform, pod)));
    await product.kill('SIGKILL');
    await deletePod(platform, 'graceful', 30);
    await deletePod(platform, 'overdue', 1);
    await deletePod(platform, 'forced', 0);
    assert.equal(await readPod(platform, 'forced'), undefined);

    product = await platform.start();
    await Promise.all([untilPodIsGone(platform, graceful), untilPodIsGone(platform, overdue)]);
    const left = await containerGroups(platform.simulator);
    assert.deepEqual(
      new Set(left.map(({ tags }) => tags['eci-kubelet-uid'])),
      new Set([forced.metadata?.uid, kept.metadata?.uid]),
      'one look is no proof that the Pod of the third group is gone',
    );
    assert.equal((await readPod(platform, 'kept'))?.status?.phase, 'Running');
  });
});
