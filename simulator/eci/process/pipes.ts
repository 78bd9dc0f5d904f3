/**
 * Pipes for the standard streams of a process. Those that Node.js makes are sockets, which cannot be opened by the names `/dev/stdout`
 * and `/dev/stderr`, and programs do that; so named pipes are used.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import type { Tools } from './tools.ts';

/** The standard streams of one process. */
export interface Pipes {
  /** What the process opens. */
  readonly paths: { readonly stdin: string; readonly stdout: string; readonly stderr: string };
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** To be called when the process has opened its streams: from then on the end of our input is the end of its own. */
  readonly opened: () => void;
  /** To be called when the process has ended, or was never there: the outputs end as soon as nobody else holds them. */
  release(): void;
}

const NO_INPUT = '/dev/null';

/** @param options.parent existing folder. @param options.hasInput false for an input that ends at once. */
export function createPipes(
  { parent, hasInput }: { parent: string; hasInput: boolean },
  { mkfifo }: Pick<Tools, 'mkfifo'>,
): Pipes {
  const folder = mkdtempSync(join(parent, 'pipes-'));
  const [stdin, stdout, stderr] = ['0', '1', '2'].map((name) => join(folder, name)) as [string, string, string];
  // Containers may run as any user and open their streams by name.
  const made = spawnSync(mkfifo, ['-m', '0666', stdin, stdout, stderr]);
  if (made.status !== 0) {
    throw new Error(`mkfifo failed: ${String(made.stderr)}`);
  }
  const outputs = [stdout, stderr].map((path) => ({
    stream: new Socket({
      fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    }),
    // Without a writer of our own an output would end before the process has opened it, and never if it does not.
    writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK),
  })) as [{ stream: Socket; writer: number }, { stream: Socket; writer: number }];
  // What is written before the process has opened its input must not be lost when we close it: somebody has to hold it until then.
  let holder: number | undefined = hasInput ? openSync(stdin, constants.O_RDWR | constants.O_NONBLOCK) : undefined;
  const input = hasInput
    ? new Socket({ fd: openSync(stdin, constants.O_WRONLY | constants.O_NONBLOCK), readable: false, writable: true })
    : new PassThrough().resume();
  // The process may end without reading what was written.
  input.on('error', () => undefined);
  const letGo = (): void => {
    if (holder !== undefined) {
      closeSync(holder);
      holder = undefined;
    }
  };
  let isReleased = false;
  return {
    paths: { stdin: hasInput ? stdin : NO_INPUT, stdout, stderr },
    stdin: input,
    stdout: outputs[0].stream,
    stderr: outputs[1].stream,
    opened: letGo,
    release: () => {
      if (isReleased) {
        return;
      }
      isReleased = true;
      letGo();
      input.destroy();
      for (const { writer } of outputs) {
        closeSync(writer);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
