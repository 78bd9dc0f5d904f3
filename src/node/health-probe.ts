import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/types.ts';

/** One thing that this process must be able to do, to serve Pods. Throws when it cannot, with a sentence that says why. */
export interface HealthCheck {
  name: string;
  check: () => Promise<void> | void;
}

/** What the last probe found. */
export type ProbeState =
  | { result: 'unknown' }
  | { result: 'healthy' }
  | { result: 'failing'; failures: readonly { check: string; message: string }[] };

export interface HealthProbeOptions {
  checks: readonly HealthCheck[];
  clock: Clock;
  logger: Logger;
}

const INTERVAL_MS = 10_000;
/** Half the interval: a failure is known before the next probe is due. */
const TIMEOUT_MS = 5_000;

/**
 * Finds out whether this process can serve its node. While it cannot, neither lease nor status is written, and the control plane
 * will in the end move the Pods elsewhere. So the checks are about ourselves alone: an outage of the cloud is no reason to evict
 * Pods that run, and has a condition of its own.
 */
export class HealthProbe {
  readonly #options: HealthProbeOptions;
  readonly #listeners: ((state: ProbeState) => void)[] = [];
  #state: ProbeState = { result: 'unknown' };
  #running: Promise<ProbeState> | undefined;

  constructor(options: HealthProbeOptions) {
    this.#options = options;
  }

  state(): ProbeState {
    return this.#state;
  }

  isHealthy(): boolean {
    return this.#state.result === 'healthy';
  }

  /** Called once per transition: from healthy to failing, back, or to a failure of other checks. */
  onChange(listener: (state: ProbeState) => void): void {
    this.#listeners.push(listener);
  }

  /** Probes every ten seconds until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.probe();
      await this.#options.clock.sleep(INTERVAL_MS, signal).catch(() => {});
    }
  }

  /** Probes once; a probe that is still under way is waited for instead, and after five seconds counts as failed. */
  async probe(): Promise<ProbeState> {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined;
    });
    const deadline = new AbortController();
    const late = this.#options.clock.sleep(TIMEOUT_MS, deadline.signal).then(
      (): ProbeState => deadlineExceeded,
      (): ProbeState => deadlineExceeded,
    );
    const state = await Promise.race([this.#running, late]);
    deadline.abort();
    this.#note(state);
    return state;
  }

  async #check(): Promise<ProbeState> {
    const outcomes = await Promise.all(
      this.#options.checks.map(async ({ name, check }) => {
        try {
          await check();
          return undefined;
        } catch (error) {
          return { check: name, message: error instanceof Error ? error.message : 'unknown failure' };
        }
      }),
    );
    const failures = outcomes.filter((outcome) => outcome !== undefined);
    return failures.length === 0 ? { result: 'healthy' } : { result: 'failing', failures };
  }

  #note(state: ProbeState): void {
    const before = keyOf(this.#state);
    this.#state = state;
    if (keyOf(state) === before) return;
    const { logger } = this.#options;
    if (state.result === 'failing') {
      logger.warn('this process cannot serve its node, lease and status are withheld', { failures: state.failures });
    } else if (before !== 'unknown') logger.info('this process can serve its node again');
    for (const listener of this.#listeners) listener(state);
  }
}

const deadlineExceeded: ProbeState = {
  result: 'failing',
  failures: [{ check: 'deadline', message: `the probe had no result within ${TIMEOUT_MS / 1000} s` }],
};

function keyOf(state: ProbeState): string {
  return state.result === 'failing' ? state.failures.map(({ check }) => check).join() : state.result;
}
