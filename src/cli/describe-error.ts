import { scrub } from '../alibaba/scrub.ts';
import { ConfigError } from '../config/config-error.ts';
import { EciKubeletError } from '../errors.ts';

/** Ends chains of causes that lead back to themselves. */
const MAX_CAUSES = 10;

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
  if (error instanceof EciKubeletError) return `${scrub(error.message)} [${error.code}]`;
  return error instanceof Error ? scrub(error.message) : `something that is no error was thrown (${typeof error})`;
}

function stackWithCauses(error: Error, depth = 1): string {
  // Scrubbed one by one: what is long is cut.
  const stack = scrub(error.stack ?? error.message);
  if (!(error.cause instanceof Error) || depth >= MAX_CAUSES) return stack;
  return `${stack}\ncaused by ${stackWithCauses(error.cause, depth + 1)}`;
}
