import { PassThrough } from 'node:stream';
import type { ExecResult, ExecSession } from '../../src/node/kubelet/pod-access.ts';

/** A command whose ends the test holds. */
export class FakeExecSession implements ExecSession {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly sizes: { columns: number; rows: number }[] = [];
  readonly #result = Promise.withResolvers<ExecResult>();
  readonly result = this.#result.promise;
  isClosed = false;

  resize(size: { columns: number; rows: number }): void {
    this.sizes.push(size);
  }

  /** Ends the command. */
  end(result: ExecResult): void {
    this.stdout.end();
    this.stderr.end();
    this.#result.resolve(result);
  }

  close(): void {
    this.isClosed = true;
    this.end({ kind: 'failed', message: 'closed' });
  }
}
