import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Pipes } from './pipes.ts';
import { runTool } from './run-tool.ts';
import { sandboxArguments } from './sandbox-arguments.ts';
import type { Sandbox } from './sandbox-arguments.ts';
import { shellWords } from './shell-words.ts';
import type { Tools } from './tools.ts';

/** What an instance is started from. */
export interface Launch {
  readonly tools: Tools;
  /** Path of the network namespace. */
  readonly namespace: string;
  readonly processesFile: string | undefined;
  /** Folder over which programs are made writable, as those of an image are. Absent where the kernel cannot do that. */
  readonly scratch: string | undefined;
  readonly sandbox: Omit<Sandbox, 'programs'>;
  /** Arguments of setpriv(1). */
  readonly privileges: readonly string[];
  readonly command: readonly string[];
  readonly hasTerminal: boolean;
  readonly pipes: Pipes;
}

/** A started instance. */
export interface Launched {
  readonly child: ChildProcess;
  /** What went wrong before the process had its own streams. */
  readonly problems: Readable;
  /** The first process of the container by the machine's numbers, once it can be entered; undefined when it came to none. */
  readonly firstPid: Promise<number | undefined>;
}

/**
 * Prepares what bwrap(1) cannot: the cgroup, and a layer over `/usr` in memory, in a mount namespace that goes with the instance.
 * Arguments: the standard streams, file of the cgroup, folder of the layer, mount(8), and the command to go on with.
 */
const PREPARE = [
  'set -e',
  'exec < "$1" > "$2" 2> "$3"',
  'shift 3',
  'if [ -n "$1" ]; then echo $$ > "$1"; fi',
  'if [ -n "$2" ]; then',
  '"$3" -t tmpfs -o mode=755 eci-simulator "$2"',
  '/bin/mkdir "$2/upper" "$2/work" "$2/usr"',
  '"$3" -t overlay -o "lowerdir=/usr,upperdir=$2/upper,workdir=$2/work" eci-simulator "$2/usr"',
  'fi',
  'shift 3',
  'exec "$@"',
].join('\n');

/** Tells that the container is there: whoever enters before finds a root that is being made, or still that of the machine. */
const TELL_ENTERED = 'echo >&5; exec 5>&-; exec ';

/** As a shell does it: 127 when there is no such command, 126 when it is none. */
const BECOME = `${TELL_ENTERED}"$@"`;

/** Starts an instance. It ends with this process. */
export function launch(options: Launch): Launched {
  const { tools, namespace, processesFile, scratch, sandbox, privileges, hasTerminal } = options;
  const { stdin, stdout, stderr } = options.pipes.paths;
  const programs =
    scratch === undefined ? { source: '/usr', isWritable: false } : { source: `${scratch}/usr`, isWritable: true };
  const command = hasTerminal
    ? [tools.script, '-q', '-e', '-f', '-c', `${TELL_ENTERED}${shellWords(options.command)}`, '/dev/null']
    : ['/bin/sh', '-c', BECOME, 'sh', ...options.command];
  const child = spawn(
    tools.nsenter,
    [
      ...[`--net=${namespace}`, tools.unshare, '--mount', '--propagation', 'private'],
      ...[tools.sh, '-c', PREPARE, 'sh', stdin, stdout, stderr, processesFile ?? '', scratch ?? '', tools.mount],
      // The arguments hold the environment, so they come by a descriptor: the list of processes is for everybody.
      ...[tools.bwrap, '--args', '4', '--', tools.setpriv, ...privileges, ...command],
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env: {}, detached: true },
  );
  const [, , problems, info, args, entered] = child.stdio as readonly unknown[] as [
    unknown,
    unknown,
    Readable,
    Readable,
    NodeJS.WritableStream,
    Readable,
  ];
  args.on('error', () => undefined);
  args.end(
    sandboxArguments({ ...sandbox, programs })
      .map((argument) => `${argument}\0`)
      .join(''),
  );
  return { child, problems, firstPid: readFirstPid(info, entered) };
}

/** @returns undefined when the container came to no process that runs in it. */
async function readFirstPid(info: Readable, entered: Readable): Promise<number | undefined> {
  const [pid, hasEntered] = await Promise.all([readChildPid(info), readSign(entered)]);
  return hasEntered ? pid : undefined;
}

/** Tells whether anything comes. */
async function readSign(stream: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    stream.on('data', () => resolve(true));
    stream.on('error', () => undefined).on('close', () => resolve(false));
  });
}

/** Reads to the end even when the number is known: bwrap would die of a pipe that nobody reads. */
async function readChildPid(info: Readable): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = '';
    info.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
      if (pid !== undefined) {
        resolve(Number(pid));
      }
    });
    info.on('error', () => undefined).on('close', () => resolve(undefined));
  });
}

/** Tells whether programs can be made writable: containers themselves and old kernels may not stack file systems. @param folder must not exist. */
export async function supportsWritablePrograms(tools: Tools, folder: string): Promise<boolean> {
  await mkdir(folder);
  try {
    await runTool([
      tools.unshare,
      '--mount',
      '--propagation',
      'private',
      tools.sh,
      '-c',
      PREPARE,
      'sh',
      ...['/dev/null', '/dev/null', '/dev/null', ''],
      folder,
      tools.mount,
      'true',
    ]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
