import type { CommandIo } from './command-io.ts';
import { describeError } from './describe-error.ts';

/**
 * Says what nobody caught. Node.js itself would print the whole object with its members and causes, and errors of libraries carry
 * requests, signatures and answers.
 */
export function reportCrash(error: unknown, stderr: CommandIo['stderr']): void {
  stderr.write(describeError(error, { verbose: true }));
}
