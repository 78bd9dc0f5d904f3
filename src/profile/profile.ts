import { ConfigError } from '../config/config-error.ts';
import type { Logger } from '../telemetry/types.ts';
import { parseSelectors, type ProfileSelector } from './selector.ts';

/** The keys of the ConfigMap `eci-profile`, as text. */
export type ProfileValues = Readonly<Record<string, string>>;

/** The keys that are read. */
export const profileKeys = ['vSwitchIds', 'securityGroupId', 'resourceGroupId', 'selectors'] as const;

/** What came of a change. `rejected` has every problem, with key and value. */
export type ProfileChange =
  | { kind: 'unchanged' }
  | { kind: 'applied' }
  | { kind: 'rejected'; problems: readonly string[] };

/** What a profile is made of. */
export interface ProfileOptions<T> {
  /**
   * Merges values beneath the own configuration and checks the result.
   * @throws ConfigError when a value cannot be used.
   */
  configFrom: (values: ProfileValues) => T;
  /** Checks the annotations of an effect. @returns one sentence per problem, with key and value. */
  checkAnnotations: (annotations: Readonly<Record<string, string>>) => readonly string[];
  logger: Logger;
}

/**
 * The defaults that hold at the moment. A change is taken as a whole or not at all: with a mistake in one key the whole of what
 * held before stays. What was created stays as it is.
 */
export class Profile<T> {
  readonly #options: ProfileOptions<T>;
  #current: T;
  #selectors: readonly ProfileSelector[];
  #seen: string;
  readonly #listeners: (() => void)[] = [];

  /** @throws ConfigError with every problem: at the start there is nothing that could be kept. */
  constructor(values: ProfileValues, options: ProfileOptions<T>) {
    this.#options = options;
    const read = readProfile(values, options);
    if ('problems' in read) throw new ConfigError(read.problems);
    this.#current = read.config;
    this.#selectors = read.selectors;
    this.#seen = fingerprint(values);
  }

  /** The configuration over what the profile says at the moment. */
  current(): T {
    return this.#current;
  }

  selectors(): readonly ProfileSelector[] {
    return this.#selectors;
  }

  /** Calls the listener whenever other values hold from now on. */
  onApplied(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes new values, if they can be used. */
  change(values: ProfileValues): ProfileChange {
    const seen = fingerprint(values);
    if (seen === this.#seen) return { kind: 'unchanged' };
    this.#seen = seen;
    const read = readProfile(values, this.#options);
    if ('problems' in read) {
      this.#options.logger.warn('eci-profile cannot be used as it is; what held before stays', {
        problems: read.problems,
      });
      return { kind: 'rejected', problems: read.problems };
    }
    this.#current = read.config;
    this.#selectors = read.selectors;
    this.#options.logger.info('eci-profile changed; new Pods get its values', {
      ...Object.fromEntries(profileKeys.map((key) => [key, values[key]])),
      selectors: read.selectors.map(({ name }) => name),
    });
    for (const listener of this.#listeners) listener();
    return { kind: 'applied' };
  }
}

function readProfile<T>(
  values: ProfileValues,
  { configFrom, checkAnnotations }: ProfileOptions<T>,
): { config: T; selectors: ProfileSelector[] } | { problems: string[] } {
  const parsed = parseSelectors(values['selectors'] ?? '');
  const problems =
    'problems' in parsed
      ? parsed.problems
      : parsed.selectors.flatMap(({ effect }, index) =>
          checkAnnotations(effect.annotations).map((problem) => `selectors[${index}].effect.annotations: ${problem}`),
        );
  let config: { value: T } | undefined;
  try {
    config = { value: configFrom(values) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  return config === undefined || 'problems' in parsed || problems.length > 0
    ? { problems }
    : { config: config.value, selectors: parsed.selectors };
}

/** Only what is read counts: other keys may change without a word. */
function fingerprint(values: ProfileValues): string {
  return JSON.stringify(profileKeys.map((key) => values[key] ?? null));
}
