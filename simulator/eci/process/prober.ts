import type { SimClock } from '../../types.ts';
import { countResult, untriedProbe } from './probe-state.ts';
import type { Probe, ProbeState } from './probe-state.ts';

const DEFAULT_PERIOD_SECONDS = 10;
const DEFAULT_TIMEOUT_SECONDS = 1;

/** What a probe does and whom it tells. */
export interface ProberParts {
  readonly probe: Probe;
  /** @returns why it failed; undefined when it passed. */
  readonly check: (timeoutMs: number) => Promise<string | undefined>;
  /** After each result. */
  readonly onResult: (state: ProbeState, problem: string | undefined) => void;
}

/** Repeats a probe by the simulated clock until it is told to stop. @returns the function that does. */
export function startProbing(
  { probe, check, onResult }: ProberParts,
  clock: Pick<SimClock, 'nowMs' | 'at'>,
): () => void {
  const { InitialDelaySeconds = 0, PeriodSeconds = DEFAULT_PERIOD_SECONDS } = probe;
  const timeoutMs = (probe.TimeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  let state = untriedProbe;
  let hasStopped = false;
  let cancel: () => void;
  const run = async (): Promise<void> => {
    const problem = await check(timeoutMs);
    if (hasStopped) {
      return;
    }
    state = countResult(state, problem === undefined, probe);
    cancel = clock.at(clock.nowMs() + PeriodSeconds * 1000, () => void run());
    onResult(state, problem);
  };
  cancel = clock.at(clock.nowMs() + InitialDelaySeconds * 1000, () => void run());
  return () => {
    hasStopped = true;
    cancel();
  };
}
