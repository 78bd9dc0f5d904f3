import type { DockerConfig } from './docker-config.ts';
import { readDockerConfig } from './docker-config.ts';
import { CONFIG_NAME, CONFIG_NAMESPACE, OWN_SERVICE_ACCOUNT, SECRET_NAME } from '../../src/credential-helper/names.ts';
import { controlPlaneOrSkip } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { startHelper } from './helper-process.ts';
import type { HelperOptions, HelperProcess } from './helper-process.ts';
import { installHelper } from './install-helper.ts';
import { assertNoSecret } from './secrets.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import type { SimulatorProcess } from './simulator-process.ts';

/**
 * A real control plane, a simulator, and the credential helper as its own process on the RBAC of `deploy/credential-helper`. There is
 * one ConfigMap of the contract's name, so that suites with a platform cannot run at the same time on one control plane.
 */
export interface HelperPlatform {
  readonly plane: ControlPlane;
  readonly simulator: SimulatorProcess;
  /** Of the ServiceAccount of `deploy/credential-helper`. */
  readonly kubeconfigPath: string;
  /** Everything that was started, oldest first. */
  readonly helpers: readonly HelperProcess[];
  /** Runs kubectl as administrator. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** Makes a namespace that goes with the platform. Its ServiceAccount `default` is there when this returns. */
  createNamespace(name: string): Promise<void>;
  /** Writes the ConfigMap of the contract, in place of the former one. */
  configure(data: Readonly<Record<string, string>>): Promise<void>;
  /** Applies files as they stand, and remembers the namespaces among them. */
  apply(...files: string[]): Promise<void>;
  /** Forgets the events about an object, so that only new ones are found. */
  forgetEvents(object: EventObject): Promise<void>;
  /** Starts a helper, which is ended by {@link HelperPlatform.dispose}. */
  start(options?: Omit<HelperOptions, 'kubeconfigPath' | 'simulator'>): Promise<HelperProcess>;
  /** What the Secret in a namespace holds, once it is there and `isWanted`. */
  secret(namespace: string, isWanted?: (config: DockerConfig) => boolean): Promise<DockerConfig>;
  /** Waits until a ServiceAccount names the Secret. @returns all names in its list, in order. */
  attached(namespace: string, name: string): Promise<string[]>;
  /** Waits for an event about an object whose `reason: message` matches, and returns that text. */
  event(object: EventObject, expected: RegExp): Promise<string>;
  /** Ends everything, after a look for secrets in all that the run has left. */
  dispose(): Promise<void>;
}

/** What an event is about. */
export interface EventObject {
  kind: string;
  name: string;
  namespace?: string;
}

/** The ConfigMap as the object of an event. */
export const configObject = { kind: 'ConfigMap', name: CONFIG_NAME, namespace: CONFIG_NAMESPACE } as const;

/** Prepares a platform, or skips the suite where there is no control plane. */
export async function createHelperPlatform(
  context: Mocha.Context,
  options: { fixture?: string; latencyMs?: number; plane?: ControlPlane } = {},
): Promise<HelperPlatform> {
  const plane = options.plane ?? (await controlPlaneOrSkip(context));
  const [simulator, uninstall] = await Promise.all([startSimulatorProcess(options), installHelper(plane)]);
  const kubeconfigPath = await plane.createServiceAccountKubeconfig('kube-system', OWN_SERVICE_ACCOUNT);
  const helpers: HelperProcess[] = [];
  const namespaces = new Set<string>();
  const kubectl: HelperPlatform['kubectl'] = (args, stdin) => plane.kubectl(args, stdin);
  const about = ({ kind, name, namespace }: EventObject): string => {
    const where = namespace === undefined ? '' : `,involvedObject.namespace=${namespace}`;
    return `involvedObject.kind=${kind},involvedObject.name=${name}${where}`;
  };
  const events = async (object: EventObject): Promise<string[]> => {
    const text = await kubectl([
      ...['get', 'events', '--all-namespaces', '--sort-by=.firstTimestamp', '--field-selector', about(object)],
      ...['-o', 'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}'],
    ]);
    return text.split('\n').filter((line) => line !== '');
  };
  return {
    plane,
    simulator,
    kubeconfigPath,
    helpers,
    kubectl,
    createNamespace: async (name) => {
      namespaces.add(name);
      await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
      await eventually(`the default ServiceAccount of ${name} is there`, () =>
        kubectl(['get', 'serviceaccount', 'default', '--namespace', name]),
      );
    },
    configure: async (data) => {
      const metadata = { name: CONFIG_NAME, namespace: CONFIG_NAMESPACE };
      const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
      const name = `configmap/${CONFIG_NAME}`;
      const isThere = await kubectl(['get', name, '--namespace', CONFIG_NAMESPACE, '--ignore-not-found']);
      await kubectl([isThere === '' ? 'create' : 'replace', '-f', '-'], text);
    },
    apply: async (...files) => {
      for (const file of files) {
        const applied = await kubectl(['apply', '-f', file, '-o', 'name']);
        for (const [, name = ''] of applied.matchAll(/^namespace\/(\S+)$/gm)) namespaces.add(name);
      }
    },
    forgetEvents: async (object) => {
      const where = object.namespace === undefined ? [] : ['--namespace', object.namespace];
      await kubectl(['delete', 'events', ...where, '--field-selector', about(object)]);
    },
    start: async (more = {}) => {
      const helper = await startHelper({ kubeconfigPath, simulator, ...more });
      helpers.push(helper);
      return helper;
    },
    secret: async (namespace, isWanted = () => true) =>
      await eventually(`the Secret in ${namespace} is as it should be`, async () => {
        const config = await readDockerConfig(plane, namespace);
        if (isWanted(config)) return config;
        throw new Error(`it holds ${Object.keys(config.auths).join(', ')} until ${config.expiresAt ?? 'never'}`);
      }),
    attached: async (namespace, name) =>
      await eventually(`${namespace}/${name} names the Secret`, async () => {
        const path = 'jsonpath={.imagePullSecrets[*].name}';
        const text = await kubectl(['get', 'serviceaccount', name, '--namespace', namespace, '-o', path]);
        const names = text.split(' ').filter((word) => word !== '');
        return names.includes(SECRET_NAME) ? names : undefined;
      }),
    event: async (object, expected) =>
      await eventually(`an event about ${object.kind} ${object.name}`, async () => {
        const all = await events(object);
        const found = all.find((line) => expected.test(line));
        if (found !== undefined) return found;
        throw new Error(`no ${String(expected)} among:\n${all.join('\n')}`);
      }),
    dispose: async () => {
      try {
        await lookForSecrets(plane, helpers);
      } finally {
        // A process that is left would keep the test run from ending.
        for (const helper of helpers) if (!helper.hasEnded()) await helper.kill('SIGKILL');
        await simulator.stop();
      }
      await kubectl(['delete', 'configmap', CONFIG_NAME, '--namespace', CONFIG_NAMESPACE, '--ignore-not-found']);
      await kubectl(['delete', 'lease', OWN_SERVICE_ACCOUNT, '--namespace', 'kube-system', '--ignore-not-found']);
      await kubectl(['delete', 'mutatingwebhookconfiguration', OWN_SERVICE_ACCOUNT, '--ignore-not-found']);
      // Waited for: the next suite may want namespaces of the same names.
      if (namespaces.size > 0) await kubectl(['delete', 'namespace', ...namespaces, '--ignore-not-found']);
      await uninstall();
    },
  };
}

/** Looks at everything but what is there to hold secrets: the configuration, and the content of Secrets. */
async function lookForSecrets(plane: ControlPlane, helpers: readonly HelperProcess[]): Promise<void> {
  for (const helper of helpers) {
    assertNoSecret('the log', helper.output());
    if (helper.hasEnded()) continue;
    assertNoSecret('the metrics', await helper.metrics());
    assertNoSecret('the status', JSON.stringify(await helper.status()));
  }
  const all = ['--all-namespaces', '-o', 'yaml'];
  const objects = 'events,serviceaccounts,pods,leases,mutatingwebhookconfigurations';
  assertNoSecret('the objects', await plane.kubectl(['get', objects, ...all]));
  const others = ['--field-selector', `metadata.name!=${CONFIG_NAME}`];
  assertNoSecret('the ConfigMaps', await plane.kubectl(['get', 'configmaps', ...others, ...all]));
  const secrets = ['--field-selector', `metadata.name=${SECRET_NAME}`, '--all-namespaces'];
  assertNoSecret(
    'the marks',
    await plane.kubectl(['get', 'secrets', ...secrets, '-o', 'jsonpath={.items[*].metadata}']),
  );
}
