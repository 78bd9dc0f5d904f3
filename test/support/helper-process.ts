import type { HelperStatus } from '../../src/credential-helper/status/model.ts';
import { freePort, startProgram } from './child-process.ts';
import type { RunningProgram } from './child-process.ts';
import { eventually } from './eventually.ts';
import type { MovedClock } from './moved-clock.ts';
import { sumOf } from './product-process.ts';
import type { SimulatorProcess } from './simulator-process.ts';

export interface HelperOptions {
  /** Of the ServiceAccount of `deploy/credential-helper`. */
  kubeconfigPath: string;
  simulator: Pick<SimulatorProcess, 'flags'>;
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
  clock?: MovedClock;
  /** The script, from the root of the repository; the sources when absent. */
  script?: string;
  /** Flags of Node.js. */
  nodeFlags?: readonly string[];
  /** Until when to wait: `alive` for a helper that cannot become ready. Default: ready. */
  until?: 'ready' | 'alive';
}

/** What of the simulator the credential helper is told. */
const cloudFlags = ['--region-id', '--sts-endpoint', '--cr-endpoint', '--metadata-endpoint'];

/** So that tests can say what happened, and a replica that was killed is not waited for. */
const testFlags = [
  ...['--log-level', 'debug', '--leader-elect-lease-duration', '3s'],
  ...['--leader-elect-renew-deadline', '2s', '--leader-elect-retry-period', '500ms'],
];

/** `eci-kubelet credential-helper` in a process of its own. */
export interface HelperProcess extends RunningProgram {
  /** `http://127.0.0.1:<port>` of probes, metrics and status. */
  readonly admin: string;
  isReady(): Promise<boolean>;
  status(): Promise<HelperStatus>;
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
  /** The sum of a metric over the label sets that match. */
  counter(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

/** Starts the credential helper against a simulator. @throws with exit code and output when it ends. */
export async function startHelper(options: HelperOptions): Promise<HelperProcess> {
  const { kubeconfigPath, simulator, flags = [], clock } = options;
  const port = await freePort();
  const admin = `http://127.0.0.1:${port}`;
  const program = startProgram(
    [
      ...(clock?.nodeFlags ?? []),
      ...(options.nodeFlags ?? []),
      ...[options.script ?? 'src/main.ts', 'credential-helper', ...simulatorFlags(simulator)],
      ...['--kubeconfig', kubeconfigPath, '--admin-address', `127.0.0.1:${port}`],
      ...testFlags,
      ...flags,
    ],
    { env: { ...clock?.env, ...options.env } },
  );
  const answers = async (path: string): Promise<boolean> => (await fetch(`${admin}${path}`)).ok;
  const { ended } = await eventually(
    `the credential helper is ${options.until ?? 'ready'}`,
    async () => {
      if (program.hasEnded()) return { ended: true };
      return (await answers(options.until === 'alive' ? '/healthz' : '/readyz')) ? { ended: false } : undefined;
    },
    { timeoutMs: 40_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${program.output().slice(-4000)}`, { cause: error });
  });
  if (ended) {
    // The signal reaches nobody; the code is that of the end.
    const exitCode = await program.kill('SIGKILL');
    throw new Error(`the credential helper ended at once with code ${exitCode}:\n${program.output().slice(-4000)}`);
  }
  const metrics = async (): Promise<string> => await (await fetch(`${admin}/metrics`)).text();
  return {
    ...program,
    admin,
    isReady: () => answers('/readyz'),
    status: async () => (await (await fetch(`${admin}/status`)).json()) as HelperStatus,
    metrics,
    counter: async (name, labels = {}) => sumOf(await metrics(), name, labels),
  };
}

function simulatorFlags({ flags }: Pick<SimulatorProcess, 'flags'>): string[] {
  return cloudFlags.flatMap((flag) => {
    const at = flags.indexOf(flag);
    return at < 0 ? [] : flags.slice(at, at + 2);
  });
}
