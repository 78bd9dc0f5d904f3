import { join } from 'node:path';
import process from 'node:process';
import { findControlPlane } from '../../test/support/control-plane.ts';
import { launchControlPlane } from '../../test/support/control-plane-launcher.ts';
import type { ControlPlane } from '../../test/support/control-plane-launcher.ts';
import { installManifests } from '../../test/support/install-manifests.ts';
import { startProduct } from '../../test/support/product-process.ts';
import { startSimulatorProcess } from '../../test/support/simulator-process.ts';

/** The node's name, also that of a fresh installation. */
export const nodeName = 'eci-kubelet';

/** A cluster, a simulated cloud and the product, each in processes of their own. */
export interface Stage {
  readonly plane: ControlPlane;
  /** Path of the kubectl that fits. */
  readonly kubectl: string;
  /** Control address of the simulated cloud. */
  readonly simulatorUrl: string;
}

/** Starts one after another and keeps what is needed to take everything down again, from whichever point. */
export class StageCrew {
  readonly #stops: (() => Promise<unknown>)[] = [];

  /** True while nothing runs. */
  isIdle(): boolean {
    return this.#stops.length === 0;
  }

  /**
   * Sets the stage.
   * @param say is told each step before it is taken.
   * @throws Error naming what is missing where no control plane is to be had.
   */
  async start(say: (line: string) => void): Promise<Stage> {
    const binaries = findControlPlane();
    if (binaries === undefined) {
      throw new Error(
        'The demo needs a Kubernetes control plane: set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl (see CONTRIBUTING.md), and run it again.',
      );
    }
    say('starting a Kubernetes control plane');
    const plane = await launchControlPlane({ binaries, controllers: true });
    this.#stops.push(() => plane.stop());
    await installManifests(plane);

    say('starting the simulated cloud: ECI, STS and Container Registry of two accounts, and a registry');
    const simulator = await startSimulatorProcess();
    this.#stops.push(() => simulator.stop());

    say('starting eci-kubelet with the ServiceAccount and the rights of deploy/');
    const product = await startProduct({
      kubeconfigPath: await plane.createServiceAccountKubeconfig('kube-system', 'eci-kubelet'),
      simulator,
      nodeName,
      asShipped: true,
      flags: ['--poll-interval', '1s'],
    });
    this.#stops.push(() => product.kill('SIGTERM'));
    await plane.kubectl(['wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=30s']);
    say(`node ${nodeName} is Ready`);
    return { plane, kubectl: binaries.kubectl, simulatorUrl: simulator.url };
  }

  /** Takes everything down, last first. May be called at any time, also twice. */
  async stop(): Promise<void> {
    for (let next = this.#stops.pop(); next !== undefined; next = this.#stops.pop()) await next();
  }
}

/** The path of a file of the repository as the user would type it. */
export function pathFromHere(...parts: string[]): string {
  const path = join(import.meta.dirname, '..', '..', ...parts);
  return path.startsWith(`${process.cwd()}/`) ? path.slice(process.cwd().length + 1) : path;
}
