import { inspect } from 'node:util';
import { ConfigError } from '../config/config-error.ts';
import { EciKubeletError } from '../errors.ts';

/**
 * Says an error to the person at the terminal: one sentence and what to do, the stack only when asked for.
 * @returns text that ends with a newline.
 */
export function describeError(error: unknown, options: { verbose: boolean }): string {
  const lines = [`eci-kubelet: ${sentence(error)}`];
  if (error instanceof ConfigError) {
    lines.push(...error.problems.map((problem) => `  ${problem}`), 'See "eci-kubelet run --help" for every option.');
  } else if (!options.verbose) {
    lines.push('Run it again with --verbose for the details.');
  }
  // Never the whole object: errors of libraries carry requests, and requests carry credentials.
  if (options.verbose && error instanceof Error && error.stack !== undefined) lines.push(stackWithCauses(error));
  return `${lines.join('\n')}\n`;
}

function sentence(error: unknown): string {
  if (error instanceof EciKubeletError) return `${error.message} [${error.code}]`;
  return error instanceof Error ? error.message : inspect(error);
}

function stackWithCauses(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackWithCauses(error.cause)}` : stack;
}
