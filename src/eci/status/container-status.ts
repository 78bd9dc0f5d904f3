import type { Container, ContainerStatus } from '../../kube/types.ts';
import type { ObservedContainer } from '../instance/eci-instance.ts';
import { translateState } from './container-state.ts';

type State = NonNullable<ContainerStatus['state']>;

/** What the status of one container is a function of. */
export interface ContainerInput {
  container: Container;
  observed: ObservedContainer | undefined;
  /** The API's copy. */
  previous: ContainerStatus | undefined;
  /** Reason while nothing is known: `ContainerCreating`, or `PodInitializing` behind init containers. */
  waitingReason: string;
  /** The Pod's policy; init containers pass what applies to them. */
  restartPolicy: string;
}

/**
 * Maps one container. What the cloud does not tell is taken from the API's copy; restart counts never fall, and a container
 * that will not be started again stays terminated, because the API server refuses the whole patch otherwise.
 */
export function containerStatus(input: ContainerInput): ContainerStatus {
  const { container, observed, previous } = input;
  const before = previous?.state;
  const restartCount = Math.max(observed?.restartCount ?? 0, previous?.restartCount ?? 0);
  const fallback = restartCount > 0 ? 'CrashLoopBackOff' : input.waitingReason;
  const told = translateState(observed?.state, fallback);
  const state = isFinal(before, input.restartPolicy)
    ? keepFinal(before, told)
    : (told ?? before ?? { waiting: { reason: input.waitingReason } });
  const lastState = lastTermination(observed, previous, restartCount);
  const running = state.running !== undefined;
  const containerID = containerId(state, previous);
  return {
    name: container.name,
    image: observed?.image || previous?.image || (container.image ?? ''),
    imageID: observed?.imageId || previous?.imageID || '',
    // Never by default: an answer that does not tell must not let traffic in.
    ready: running && (observed?.ready ?? previous?.ready ?? false),
    started: running && (observed?.started ?? true),
    restartCount,
    state,
    ...(lastState === undefined ? {} : { lastState }),
    ...(containerID === undefined ? {} : { containerID }),
  };
}

/** Tells whether a container in this state will never run again. */
export function isFinal(state: State | undefined, restartPolicy: string): boolean {
  if (state?.terminated === undefined) return false;
  return restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && state.terminated.exitCode === 0);
}

/** A later answer may complete a final state, never undo it. */
function keepFinal(before: State | undefined, told: State | undefined): State {
  if (told?.terminated !== undefined) return { terminated: { ...before?.terminated, ...told.terminated } };
  return before ?? {};
}

function lastTermination(
  observed: ObservedContainer | undefined,
  previous: ContainerStatus | undefined,
  restartCount: number,
): State | undefined {
  const told = translateState(observed?.lastState, '');
  if (told?.terminated !== undefined) return told;
  const restarted = restartCount > (previous?.restartCount ?? 0);
  if (restarted && previous?.state?.terminated !== undefined) return { terminated: previous.state.terminated };
  return previous?.lastState;
}

/** The cloud tells an id only with a termination. */
function containerId(state: State, previous: ContainerStatus | undefined): string | undefined {
  const id = state.terminated?.containerID;
  if (id === undefined) return previous?.containerID;
  return id.includes('://') ? id : `containerd://${id}`;
}
