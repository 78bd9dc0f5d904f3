import { PassThrough } from 'node:stream';
import type { ExecProcess } from '../exec/exec-process.ts';

/** A command that could not even be begun. */
export function failedExec(failure: string): ExecProcess {
  return {
    stdin: new PassThrough().resume(),
    stdout: new PassThrough().end(),
    stderr: new PassThrough().end(),
    ended: Promise.resolve({ failure }),
    resize: () => undefined,
    kill: () => undefined,
  };
}
