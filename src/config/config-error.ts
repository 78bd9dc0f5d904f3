import { EciKubeletError } from '../errors.ts';

/** Code of {@link ConfigError}. */
export const configErrorCode = 'Config.Invalid';

/** The configuration cannot be used. It carries every problem at once, so that one edit repairs them all. */
export class ConfigError extends EciKubeletError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      configErrorCode,
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}.`,
    );
    this.problems = problems;
  }
}
