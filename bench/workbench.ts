import { systemClock } from '../src/clock.ts';
import { createKubeClient } from '../src/kube/client.ts';
import type { ClosableKubeClient } from '../src/kube/client.ts';
import { loadKubeConfig } from '../src/kube/kube-config.ts';
import { startControlPlane } from '../test/support/control-plane.ts';
import type { ControlPlane } from '../test/support/control-plane.ts';
import { installManifests } from '../test/support/install-manifests.ts';
import { startProduct } from '../test/support/product-process.ts';
import type { ProductProcess } from '../test/support/product-process.ts';
import { startSimulatorProcess } from '../test/support/simulator-process.ts';
import type { SimulatorProcess } from '../test/support/simulator-process.ts';
import { bundlePath, imageNodeFlags } from './build-product.ts';

/** What a cloud call costs in the measurements: near what one inside a region costs. */
export const cloudLatencyMs = 20;

export const nodeName = 'bench-node';

/** A control plane, a simulator and the product, each in processes of their own, and an administrator's client that no limit slows down. */
export interface Workbench {
  readonly plane: ControlPlane;
  readonly simulator: SimulatorProcess;
  readonly product: ProductProcess;
  readonly client: ClosableKubeClient;
}

/**
 * Sets up a fresh workbench, so that no measurement sees the leftovers of another, and takes it down whatever happens.
 * @param flags options of the product besides its defaults.
 * @param options.runContainers makes containers processes of this machine, which needs what `docs/simulator.md` lists.
 * @throws Error where there is no control plane to be had.
 */
export async function withWorkbench(
  flags: readonly string[],
  use: (bench: Workbench) => Promise<void>,
  { runContainers = false } = {},
): Promise<void> {
  const plane = await startControlPlane({ controllers: true });
  if (plane === undefined) {
    throw new Error('needs a control plane: set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl');
  }
  const closing: (() => Promise<unknown>)[] = [() => plane.stop()];
  try {
    await installManifests(plane);
    const simulator = await startSimulatorProcess({ latencyMs: cloudLatencyMs, runContainers });
    closing.push(() => simulator.stop());
    const product = await startProduct({
      kubeconfigPath: await plane.createServiceAccountKubeconfig('kube-system', 'eci-kubelet'),
      simulator,
      nodeName,
      flags,
      asShipped: true,
      script: bundlePath,
      nodeFlags: imageNodeFlags,
    });
    closing.push(() => product.kill('SIGTERM'));
    const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [plane.kubeconfigPath] });
    const client = createKubeClient({ kubeConfig, clock: systemClock, queriesPerSecond: 10_000, burst: 10_000 });
    closing.push(() => client.close());
    await use({ plane, simulator, product, client });
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}
