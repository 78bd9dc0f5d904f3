import { PassThrough, Readable } from 'node:stream';
import type { ExecResult, ExecSession, LogLine } from '../pod-access.ts';

/**
 * Shows the output of a running container as if its terminal were shared. The cloud has no such call: what is shown is the log, from
 * its last lines on. There is no input, and a log keeps no errors apart.
 * @param lines until the container has ended. @param exitCode of the container, asked for once the lines have ended.
 */
export function attachSession(lines: AsyncIterable<readonly LogLine[]>, exitCode: () => number): ExecSession {
  const stdout = Readable.from(texts(lines), { objectMode: false });
  const stderr = new PassThrough();
  stderr.end();
  const stdin = new PassThrough();
  stdin.resume();
  const result = new Promise<ExecResult>((resolve) => {
    stdout.once('end', () => resolve({ kind: 'exited', exitCode: exitCode() }));
    stdout.once('error', (error) => resolve({ kind: 'failed', message: error.message }));
    stdout.once('close', () => resolve({ kind: 'failed', message: 'the session was ended' }));
  });
  return { stdin, stdout, stderr, resize: () => {}, result, close: () => void stdout.destroy() };
}

async function* texts(lines: AsyncIterable<readonly LogLine[]>): AsyncGenerator<Buffer> {
  for await (const batch of lines) {
    if (batch.length > 0) yield Buffer.from(batch.map(({ text }) => `${text}\n`).join(''));
  }
}
