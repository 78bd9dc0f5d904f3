import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Writable, Readable } from 'node:stream';
import type { SimClock } from '../../types.ts';
import type { ExecEnd, ExecProcess, ExecRequest } from './exec-process.ts';

/** What a scripted command works with; `waitMs` resolves at once when the command is killed. */
interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly waitMs: (ms: number) => Promise<void>;
}

type Command = (args: readonly string[], streams: Streams) => number | Promise<number>;

/** As in a shell: nothing of that name is there. */
const NOT_FOUND = 127;
/** 128 and the number of SIGKILL. */
const KILLED = 137;

/** The commands that every scripted container knows, by the last part of their path. */
const COMMANDS: Readonly<Record<string, Command>> = {
  true: () => 0,
  false: () => 1,
  exit: ([code = '0']) => Number(code) & 255,
  echo: (args, { stdout }) => {
    stdout.write(`${args.join(' ')}\n`);
    return 0;
  },
  cat: async (_, { stdin, stdout }) => {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      if (!stdout.write(chunk)) {
        await once(stdout, 'drain');
      }
    }
    return 0;
  },
  sleep: async ([seconds = '0'], { waitMs }) => {
    await waitMs(Number(seconds) * 1000);
    return 0;
  },
};

/** Answers a few commands by itself, for containers in which no process runs. */
export function runScripted(
  { command, tty, stdin: hasStdin }: ExecRequest,
  clock: Pick<SimClock, 'nowMs' | 'at'>,
): ExecProcess {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const killed = Promise.withResolvers<void>();
  if (!hasStdin) {
    streams.stdin.end();
  }
  const waitMs = async (ms: number): Promise<void> => {
    const passed = Promise.withResolvers<void>();
    const cancel = clock.at(clock.nowMs() + ms, passed.resolve);
    await Promise.race([passed.promise, killed.promise]);
    cancel();
  };
  const run = async (): Promise<ExecEnd> => {
    const [name = '', ...args] = command;
    const known = COMMANDS[name.slice(name.lastIndexOf('/') + 1)];
    if (known !== undefined) {
      return { exitCode: await known(args, { ...streams, waitMs }) };
    }
    const names = Object.keys(COMMANDS).join(', ');
    const output = tty ? streams.stdout : streams.stderr;
    output.write(`${name}: not found (no process runs here; scripted containers know ${names})\n`);
    return { exitCode: NOT_FOUND };
  };
  const ended = Promise.race([run(), killed.promise.then((): ExecEnd => ({ exitCode: KILLED }))])
    // A destroyed stream, which only the end of the session makes.
    .catch((): ExecEnd => ({ exitCode: KILLED }))
    .then((end) => {
      streams.stdout.end();
      streams.stderr.end();
      return end;
    });
  return {
    ...streams,
    ended,
    resize: () => undefined,
    kill: () => {
      killed.resolve();
      streams.stdin.destroy();
    },
  };
}
