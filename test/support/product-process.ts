import { freePort, startProgram } from './child-process.ts';
import type { RunningProgram } from './child-process.ts';
import { eventually } from './eventually.ts';
import type { SimulatorProcess } from './simulator-process.ts';

/** The component's own RAM user in the built-in fixture. */
export const productIdentity = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tEciKubelet',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'CANARY-eci-kubelet',
} as const;

export interface ProductOptions {
  kubeconfigPath: string;
  simulator: SimulatorProcess;
  nodeName: string;
  /** Options besides those that are always needed. */
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Leaves out vSwitches, security group, and that the node has no taints. */
  bare?: boolean;
  /** Leaves out what is for tests only: fast polling and debug logs. */
  asShipped?: boolean;
  /** The script, from the root of the repository; the sources when absent. */
  script?: string;
  /** Flags of Node.js itself. */
  nodeFlags?: readonly string[];
}

/** So that tests need not wait, and can say what happened. */
const testFlags = ['--log-level', 'debug', '--poll-interval', '1s', '--idle-poll-interval', '2s'];

/** Where Pods go, and that they get there without a toleration. */
const placeFlags = [
  ...['--vswitch-ids', 'vsw-bp1xpiowfm5vo8o3c0001', '--security-group-id', 'sg-bp1dktddjsg5nktv0001'],
  '--no-taints',
];

/** `eci-kubelet run` in a process of its own. */
export interface ProductProcess extends RunningProgram {
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
  /** The sum of a counter over the label sets that match. */
  counter(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

/** Starts the product against a simulator and waits until it serves Pods. @throws with exit code and output when it ends. */
export async function startProduct(options: ProductOptions): Promise<ProductProcess> {
  const { kubeconfigPath, simulator, nodeName, flags = [], env = {} } = options;
  const adminPort = await freePort();
  const program = startProgram(
    [
      ...(options.nodeFlags ?? []),
      options.script ?? 'src/main.ts',
      'run',
      ...simulator.flags,
      ...['--kubeconfig', kubeconfigPath, '--node-name', nodeName],
      ...['--admin-address', `127.0.0.1:${adminPort}`],
      ...(options.bare === true ? [] : placeFlags),
      ...['--internal-ip', '127.0.0.1', '--kubelet-address', '127.0.0.1', '--kubelet-port', '0'],
      ...(options.asShipped === true ? [] : testFlags),
      ...flags,
    ],
    { env: { ...productIdentity, ...env } },
  );
  const admin = `http://127.0.0.1:${adminPort}`;
  const { ended } = await eventually(
    'the product is ready',
    async () => {
      if (program.hasEnded()) return { ended: true };
      return (await fetch(`${admin}/readyz`)).ok ? { ended: false } : undefined;
    },
    { timeoutMs: 40_000 },
  );
  if (ended) {
    // The signal reaches nobody; the code is that of the end.
    const exitCode = await program.kill('SIGKILL');
    throw new Error(`the product ended at once with code ${exitCode}:\n${program.output().slice(-4000)}`);
  }
  const metrics = async (): Promise<string> => await (await fetch(`${admin}/metrics`)).text();
  return { ...program, metrics, counter: async (name, labels = {}) => sumOf(await metrics(), name, labels) };
}

/** The sum of a counter or gauge over the label sets that match, in the text of `/metrics`. */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
