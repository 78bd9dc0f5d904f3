import { startProgram } from './child-process.ts';

/** One line of the simulator's journal. */
export interface JournalLine {
  action: string;
  product: string;
  regionId: string;
  principalArn: string;
  chainDepth: number;
  parameters: Readonly<Record<string, string>>;
  result: string;
  requestId: string;
  fault?: string;
  time: string;
}

/** A container group as the simulator's state shows it. */
export interface SimulatedGroup {
  containerGroupId: string;
  containerGroupName: string;
  status: string;
  tags: Readonly<Record<string, string>> | readonly { key: string; value: string }[];
}

/** The Alibaba Cloud simulator in a process of its own, as users run it. */
export interface SimulatorProcess {
  /** Options for `eci-kubelet run` that point it here. */
  readonly flags: readonly string[];
  readonly url: string;
  journal(filter?: { action?: string; after?: number }): Promise<JournalLine[]>;
  state(): Promise<Record<string, unknown>>;
  /** Injects a fault; see the simulator's page for the kinds. */
  addFault(fault: Readonly<Record<string, unknown>>): Promise<void>;
  clearFaults(): Promise<void>;
  /** Moves the clock of sessions, passwords and resources. */
  advance(ms: number): Promise<void>;
  /** Posts to a control path, for example `/_sim/metadata`; see the simulator's page for all of them. */
  control(path: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  output(): string;
  readonly pid: number;
  /** Ends it as a machine that fails does, without any cleaning up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a simulator on free ports.
 * @param options.fixture path of a YAML fixture; the built-in one when absent.
 * @param options.runContainers makes containers processes of this machine; see `skipUnlessContainersRun`.
 */
export async function startSimulatorProcess(
  options: { fixture?: string; latencyMs?: number; runContainers?: boolean } = {},
): Promise<SimulatorProcess> {
  const program = startProgram([
    'simulator/main.ts',
    '--port',
    '0',
    '--latency-ms',
    String(options.latencyMs ?? 0),
    ...(options.runContainers === true ? ['--run-containers'] : []),
    ...(options.fixture === undefined ? [] : ['--fixture', options.fixture]),
  ]);
  await program.waitForOutput(/^ready$/m, 30_000);
  const flags = program
    .output()
    .split('\n')
    .filter((line) => line.startsWith('--'))
    .flatMap((line) => line.split(' '));
  const url = flags[flags.indexOf('--eci-endpoint') + 1] ?? '';
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  return {
    flags,
    url,
    async journal(filter = {}) {
      const query = new URLSearchParams(
        Object.entries(filter).map(([key, value]): [string, string] => [key, String(value)]),
      );
      const answer = (await call('GET', `/_sim/journal?${query.toString()}`)) as { entries: JournalLine[] };
      return answer.entries;
    },
    state: async () => (await call('GET', '/_sim/state')) as Record<string, unknown>,
    addFault: async (fault) => void (await call('POST', '/_sim/faults', fault)),
    clearFaults: async () => void (await call('DELETE', '/_sim/faults')),
    advance: async (ms) => void (await call('POST', '/_sim/clock', { advanceMs: ms })),
    control: async (path, body) => (await call('POST', path, body)) as Record<string, unknown>,
    output: () => program.output(),
    pid: program.pid,
    kill: async () => void (await program.kill('SIGKILL')),
    stop: async () => void (await program.kill('SIGTERM')),
  };
}
