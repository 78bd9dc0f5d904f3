import type { Readable } from 'node:stream';
import type { SimClock } from '../../types.ts';
import type { ExecProcess } from './exec-process.ts';

/** An answer of the API is not for more; the command goes on being read so that it can end. */
const MAX_BYTES = 1 << 20;

/** How long a caller of the API is kept waiting for a command. */
const MAX_WAIT_MS = 60_000;

/** Runs a command without input to its end. @returns its outputs in the order of their arrival. */
export async function runToEnd(process: ExecProcess, clock: Pick<SimClock, 'nowMs' | 'at'>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const collect = async (output: Readable): Promise<void> => {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      if (bytes < MAX_BYTES) {
        chunks.push(chunk.subarray(0, MAX_BYTES - bytes));
        bytes += chunk.length;
      }
    }
  };
  const cancel = clock.at(clock.nowMs() + MAX_WAIT_MS, () => process.kill());
  await Promise.allSettled([collect(process.stdout), collect(process.stderr), process.ended]);
  cancel();
  return Buffer.concat(chunks).toString('utf8');
}
