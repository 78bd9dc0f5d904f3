import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { launchControlPlane } from './control-plane-launcher.ts';
import type { ControlPlane, ControlPlaneBinaries } from './control-plane-launcher.ts';

export type { ControlPlane } from './control-plane-launcher.ts';

/** Where the binaries may be packed when `KUBEBUILDER_ASSETS` is not set: beside the repository. */
const packedScript = join(import.meta.dirname, '..', '..', '..', 'shared', 'control-plane', 'control-plane');

/** Starting takes about six seconds here; machines of contributors may be slower. */
const startTimeoutMs = 120_000;

let shared: Promise<ControlPlane> | undefined;
let told = false;

/**
 * The control plane that all tests of a run share, with controllers and scheduler; started at the first call, gone with
 * the process. Isolate tests by namespace and node name. Skips the suite, with one line per run, where there is none.
 *
 *     before(async function () { plane = await controlPlaneOrSkip(this); });
 */
export async function controlPlaneOrSkip(context: Mocha.Context): Promise<ControlPlane> {
  const binaries = findControlPlane();
  if (binaries === undefined) {
    if (!told) process.stdout.write('  skipped: tests that need a control plane; set KUBEBUILDER_ASSETS to run them\n');
    told = true;
    return context.skip();
  }
  context.timeout(startTimeoutMs);
  shared ??= launchControlPlane({ binaries, controllers: true });
  return shared;
}

/**
 * Starts a control plane of its own, for tests that break it.
 * @returns undefined where there are no binaries.
 */
export async function startControlPlane(options: {
  controllers: boolean;
  verifiesKubelets?: boolean;
}): Promise<ControlPlane | undefined> {
  const binaries = findControlPlane();
  return binaries === undefined ? undefined : launchControlPlane({ binaries, ...options });
}

/** Looks for etcd and kube-apiserver in `KUBEBUILDER_ASSETS` (the envtest convention), then beside the repository. */
export function findControlPlane(): ControlPlaneBinaries | undefined {
  const folder = process.env['KUBEBUILDER_ASSETS'] ?? unpackedAssets();
  if (folder === undefined) return undefined;
  const find = (name: string): string | undefined => {
    const candidates = [folder, ...(process.env['PATH'] ?? '').split(delimiter)].map((part) => join(part, name));
    return candidates.find(isExecutable);
  };
  const [etcd, apiServer, kubectl] = [find('etcd'), find('kube-apiserver'), find('kubectl')];
  if (etcd === undefined || apiServer === undefined || kubectl === undefined) return undefined;
  const controllerManager = find('kube-controller-manager');
  const scheduler = find('kube-scheduler');
  return {
    etcd,
    apiServer,
    kubectl,
    ...(controllerManager === undefined ? {} : { controllerManager }),
    ...(scheduler === undefined ? {} : { scheduler }),
  };
}

function unpackedAssets(): string | undefined {
  if (!existsSync(packedScript)) return undefined;
  try {
    return execFileSync(packedScript, ['assets'], { encoding: 'utf8' }).trim().split('\n').at(-1);
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
