import { parseArgs } from 'node:util';

/** How the `eci-simulator` command was called. */
export interface SimulatorCliOptions {
  port: number;
  host: string;
  registryPort: number;
  latencyMs: number;
  /** Containers are processes of this machine. */
  runContainers: boolean;
  /** Path of a YAML fixture; absent means the built-in one. */
  fixture?: string;
  /** Where the registry keeps its blobs; absent means a directory that is removed at the end. */
  dataDir?: string;
}

const DEFAULT_PORT = 18_080;

export const usage = `Usage: eci-simulator [options]

Simulates the Alibaba Cloud services that eci-kubelet talks to: ECI, STS, Container Registry, the ECS metadata service,
and a registry that accepts the passwords which the simulated Container Registry issued.

  --port NUMBER           main port; other regions of Container Registry take the next ones; 0 chooses free ones (${DEFAULT_PORT})
  --host ADDRESS          address to listen on (127.0.0.1)
  --registry-port NUMBER  port of the registry (a free one)
  --fixture FILE          YAML file with accounts, roles, registries, networks (built-in: two accounts)
  --latency-ms NUMBER     waiting time before every API answer (0)
  --data-dir DIRECTORY    where the registry keeps its images (a temporary one)
  --run-containers        run containers as processes, in sandboxes with an address; needs Linux and root (off)
  --help
`;

/** @returns `help` when that was asked for. @throws TypeError naming the argument that cannot be used. */
export function parseOptions(args: readonly string[]): SimulatorCliOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'registry-port': { type: 'string' },
      fixture: { type: 'string' },
      'latency-ms': { type: 'string' },
      'data-dir': { type: 'string' },
      'run-containers': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return 'help';
  return {
    port: wholeNumber('--port', values.port, { fallback: DEFAULT_PORT, max: 65_535 }),
    host: values.host ?? '127.0.0.1',
    registryPort: wholeNumber('--registry-port', values['registry-port'], { fallback: 0, max: 65_535 }),
    latencyMs: wholeNumber('--latency-ms', values['latency-ms'], { fallback: 0, max: 600_000 }),
    runContainers: values['run-containers'] ?? false,
    ...(values.fixture === undefined ? {} : { fixture: values.fixture }),
    ...(values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }),
  };
}

function wholeNumber(name: string, value: string | undefined, range: { fallback: number; max: number }): number {
  if (value === undefined) return range.fallback;
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || number > range.max) {
    throw new TypeError(`${name} must be a whole number from 0 to ${range.max}, not ${value}`);
  }
  return number;
}
