/** Source: ECI API reference, ExecContainerCommand. */
const MAX_WORDS = 20;
const MAX_WORD_LENGTH = 256;

/** A command as the service takes it. */
export interface FittedCommand {
  command: readonly string[];
  /** What the shell is told on its standard input before the command runs. */
  script?: string;
}

/**
 * Makes a command fit the limits of the service: one that is too long is told to a shell on its standard input, if nobody else needs
 * that. Nothing is ever cut off. Pure.
 * @returns undefined when it cannot be made to fit.
 */
export function fitCommand(command: readonly string[], stdinTaken: boolean): FittedCommand | undefined {
  if (command.length <= MAX_WORDS && command.every((word) => word.length <= MAX_WORD_LENGTH)) return { command };
  if (stdinTaken) return undefined;
  return { command: ['sh'], script: `exec ${command.map(quote).join(' ')} </dev/null\n` };
}

/** In single quotes nothing has a meaning but the quote itself. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
