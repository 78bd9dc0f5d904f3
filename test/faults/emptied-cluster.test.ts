import assert from 'node:assert/strict';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { createPod, deletePod, untilPodRuns } from '../support/sandbox-pods.ts';

/** A restored or emptied cluster looks like this, and so does a kubeconfig of another one with the same cluster id. */
describe('a cluster whose Pods are all gone', function () {
  this.timeout(90_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
  });

  after(() => platform?.dispose());

  it('gets no container group deleted; the Node and a metric raise the alarm', async () => {
    const product = await platform.start();
    const names = Array.from({ length: 6 }, (_, index) => `pod-${index}`);
    const pods = await Promise.all(names.map((name) => createPod(platform, name, { image: 'nginx', annotations: {} })));
    await Promise.all(pods.map((pod) => untilPodRuns(platform, pod)));
    await product.kill('SIGKILL');
    await Promise.all(names.map((name) => deletePod(platform, name, 0)));

    const again = await platform.start();
    await eventually('the alarm is raised', async () =>
      (await platform.events('Node', platform.sandbox.nodeName)).some((event) =>
        event.startsWith('OrphanSweepStopped: 6 container groups seem to have lost their Pods'),
      ),
    );
    assert.match(await again.metrics(), /^eci_kubelet_orphan_sweep_stopped(\{[^}]*\})? 1$/m);
    assert.equal((await containerGroups(platform.simulator)).filter(({ deleting }) => deleting !== true).length, 6);
    assert.equal((await platform.simulator.journal({ action: 'DeleteContainerGroup' })).length, 0);
  });
});
