import type { RequestedContainer } from '../parameters/container.ts';

/** A probe as requested. */
export type Probe = NonNullable<RequestedContainer['LivenessProbe']>;

/** What the results of a probe so far add up to. */
export interface ProbeState {
  /** Undefined until one of the thresholds has been reached. */
  readonly verdict: 'passing' | 'failing' | undefined;
  readonly successes: number;
  readonly failures: number;
}

export const untriedProbe: ProbeState = { verdict: undefined, successes: 0, failures: 0 };

/** Counts one more result. Source: Kubernetes documentation, configure liveness and readiness probes. */
export function countResult(
  state: ProbeState,
  hasPassed: boolean,
  { SuccessThreshold = 1, FailureThreshold = 3 }: Pick<Probe, 'SuccessThreshold' | 'FailureThreshold'>,
): ProbeState {
  const successes = hasPassed ? state.successes + 1 : 0;
  const failures = hasPassed ? 0 : state.failures + 1;
  const verdict = successes >= SuccessThreshold ? 'passing' : failures >= FailureThreshold ? 'failing' : state.verdict;
  return { verdict, successes, failures };
}
