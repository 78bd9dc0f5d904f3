import { controlPlaneOrSkip } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { installManifests } from './install-manifests.ts';
import { createKubeSandbox } from './kube-sandbox.ts';
import type { KubeSandbox } from './kube-sandbox.ts';
import { skipUnlessContainersRun } from './run-containers.ts';
import { startProduct } from './product-process.ts';
import type { ProductProcess } from './product-process.ts';
import { assertNoSecret } from './secrets.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import type { SimulatorProcess } from './simulator-process.ts';

/** A real control plane, a simulator and the product as its own process on the RBAC of `deploy/`. */
export interface Platform {
  readonly plane: ControlPlane;
  readonly simulator: SimulatorProcess;
  readonly sandbox: KubeSandbox;
  /** Everything that was started, oldest first. */
  readonly products: readonly ProductProcess[];
  /** Runs kubectl as administrator in the sandbox's namespace. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** Starts the product on the sandbox's node. Every process started here is ended by {@link Platform.dispose}. */
  start(options?: {
    flags?: readonly string[];
    env?: Readonly<Record<string, string>>;
    bare?: boolean;
  }): Promise<ProductProcess>;
  /** Polls until `jsonpath` of an object has a value that matches. */
  waitFor(what: string, object: string, jsonpath: string, expected: RegExp): Promise<string>;
  /** Events of one object, oldest first, as `reason: message`. */
  events(kind: string, name: string): Promise<string[]>;
  /**
   * Ends everything, after a look for secrets in all that the run has left: output, metrics, events and objects.
   */
  dispose(): Promise<void>;
}

/**
 * Prepares a platform, or skips the suite where there is no control plane, or with `runContainers` where containers cannot be run.
 * @param options.plane one of its own for a suite that breaks it; the shared one when absent.
 */
export async function createPlatform(
  context: Mocha.Context,
  options: { fixture?: string; latencyMs?: number; runContainers?: boolean; plane?: ControlPlane } = {},
): Promise<Platform> {
  if (options.runContainers === true) skipUnlessContainersRun(context);
  const plane = options.plane ?? (await controlPlaneOrSkip(context));
  const [simulator, sandbox, kubeconfigPath] = await Promise.all([
    startSimulatorProcess(options),
    createKubeSandbox(plane),
    installManifests(plane).then(() => plane.createServiceAccountKubeconfig('kube-system', 'eci-kubelet')),
  ]);
  const products: ProductProcess[] = [];
  const kubectl: Platform['kubectl'] = async (args, stdin) =>
    await plane.kubectl(['--namespace', sandbox.namespace, ...args], stdin);
  return {
    plane,
    simulator,
    sandbox,
    products,
    kubectl,
    async start({ flags, env, bare } = {}) {
      const product = await startProduct({
        kubeconfigPath,
        simulator,
        nodeName: sandbox.nodeName,
        ...(bare === undefined ? {} : { bare }),
        ...(flags === undefined ? {} : { flags }),
        ...(env === undefined ? {} : { env }),
      });
      products.push(product);
      return product;
    },
    waitFor: async (what, object, jsonpath, expected) =>
      await eventually(what, async () => {
        const value = await kubectl(['get', object, '-o', `jsonpath=${jsonpath}`]);
        if (expected.test(value)) return value || ' ';
        throw new Error(`${object} ${jsonpath} is ${JSON.stringify(value)}`);
      }),
    events: async (kind, name) => {
      const text = await plane.kubectl([
        ...['get', 'events', '--all-namespaces', '--sort-by=.firstTimestamp'],
        ...['--field-selector', `involvedObject.kind=${kind},involvedObject.name=${name}`],
        ...['-o', 'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}'],
      ]);
      return text.split('\n').filter((line) => line !== '');
    },
    async dispose() {
      try {
        await lookForSecrets(plane, products);
      } finally {
        // A process that is left would keep the test run from ending.
        for (const product of products) if (!product.hasEnded()) await product.kill('SIGKILL');
        await simulator.stop();
      }
      await plane.kubectl(['delete', 'pods', '--all', '--namespace', sandbox.namespace, '--force', '--grace-period=0']);
      await plane.kubectl(['delete', 'node', sandbox.nodeName, '--ignore-not-found']);
      await sandbox.dispose();
    },
  };
}

async function lookForSecrets(plane: ControlPlane, products: readonly ProductProcess[]): Promise<void> {
  for (const product of products) {
    assertNoSecret('the log', product.output());
    if (!product.hasEnded()) assertNoSecret('the metrics', await product.metrics());
  }
  const objects = 'events,pods,nodes,deployments,configmaps,imagecaches.eci.alibabacloud.com';
  assertNoSecret('the objects', await plane.kubectl(['get', objects, '--all-namespaces', '-o', 'yaml']));
}
