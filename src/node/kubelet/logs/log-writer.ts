import type { Writable } from 'node:stream';
import type { LogLine } from '../pod-access.ts';
import type { LogParameters } from './log-parameters.ts';

/** Writes lines as a client asked for them, no faster than it reads and no more than it wants. */
export class LogWriter {
  readonly #out: Writable;
  readonly #timestamps: boolean;
  readonly #signal: AbortSignal;
  #bytesLeft: number;

  constructor(out: Writable, { timestamps, limitBytes }: LogParameters, signal: AbortSignal) {
    this.#out = out;
    this.#timestamps = timestamps;
    this.#signal = signal;
    this.#bytesLeft = limitBytes ?? Infinity;
  }

  /** True once the limit of bytes is reached. */
  get full(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** Writes a batch in one piece and waits until there is room for more. @throws the signal's reason when it fires first. */
  async write(lines: readonly LogLine[]): Promise<void> {
    this.#signal.throwIfAborted();
    if (lines.length === 0 || this.full) return;
    const text = lines.map(({ timestamp, text }) => `${this.#timestamps ? `${timestamp} ` : ''}${text}\n`).join('');
    const bytes = Buffer.from(text);
    // In the middle of a line or a character, as kubelet does.
    const allowed = bytes.subarray(0, Math.min(bytes.length, this.#bytesLeft));
    this.#bytesLeft -= allowed.length;
    if (this.#out.write(allowed)) return;
    await this.#drained();
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#signal.removeEventListener('abort', gone);
        resolve();
      };
      const gone = (): void => {
        this.#out.removeListener('drain', done);
        reject(this.#signal.reason as Error);
      };
      this.#out.once('drain', done);
      this.#signal.addEventListener('abort', gone, { once: true });
    });
  }
}
