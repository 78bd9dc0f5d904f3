import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { PodAccessError } from '../pod-access-error.ts';
import type { ExecSession } from '../pod-access.ts';

/** The whole output is held until the command has ended, because only then the status of the answer is known. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/**
 * Answers `/run` with both outputs of a command together, once it has ended.
 * @throws PodAccessError 500 for a command that failed, with its output in the message, or printed too much to be held.
 */
export async function answerRun(session: ExecSession, response: ServerResponse): Promise<void> {
  response.once('close', () => session.close());
  // It may have left while the command was started.
  if (response.destroyed) session.close();
  session.stdin.end();
  const parts: Buffer[] = [];
  let bytes = 0;
  const collect = async (output: Readable): Promise<void> => {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= MAX_OUTPUT_BYTES) parts.push(chunk);
      else session.close();
    }
  };
  // An output that breaks off is explained by the result.
  await Promise.allSettled([collect(session.stdout), collect(session.stderr)]);
  const result = await session.result;
  if (bytes > MAX_OUTPUT_BYTES) throw failed(`the command printed more than ${MAX_OUTPUT_BYTES} bytes: use exec`);
  if (result.kind === 'failed') throw failed(result.message);
  const output = Buffer.concat(parts);
  if (result.exitCode !== 0) {
    throw failed(`command terminated with exit code ${result.exitCode}\n${output.toString('utf8')}`);
  }
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(output);
}

function failed(message: string): PodAccessError {
  return new PodAccessError('CommandFailed', message, { httpStatus: 500 });
}
