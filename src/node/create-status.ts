import type { ErrorClass } from '../alibaba/errors.ts';
import { describeProblem } from '../annotations/describe-problem.ts';
import { toRfc3339 } from '../clock.ts';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../kube/types.ts';
import type { CreateOutcome } from './pod-provider.ts';

const MAX_MESSAGE_LENGTH = 1024;

/**
 * Why the containers of a Pod wait that has given up. kubectl prints it in place of the Pod's own reason, which then tells why:
 * so a Pod shows `ProviderFailed` and says `ContainerInstanceScheduleFailed`, as the vendor documents.
 */
const GIVEN_UP = 'ProviderFailed';

/** Asks whether the status says that creation was given up, so that a restart of this program does not start it again. */
export function hasGivenUp(pod: Pod): boolean {
  return (pod.status?.containerStatuses ?? []).some(({ state }) => state?.waiting?.reason === GIVEN_UP);
}

/**
 * The status of a Pod that is not created as it stands. The phase stays Pending: a Failed Pod would be replaced by its
 * controller at once, on the same node, and spin.
 */
export function heldStatus(
  pod: Pod,
  outcome: Exclude<CreateOutcome, { kind: 'created' }>,
  /** `final`: the Pod asks to give up at once. Only one that is never restarted may fail, see above. */
  { final, nowMs }: { final: boolean; nowMs: number },
): PodStatus {
  const held = outcome.kind === 'held';
  const message = describeOutcome(outcome);
  const waiting = held ? 'ContainerCreating' : 'CreateContainerConfigError';
  return {
    ...notCreated(pod, { statusReason: held ? 'ProviderFailed' : undefined, message, waiting }, nowMs),
    ...(final && pod.spec?.restartPolicy === 'Never' ? { phase: 'Failed' } : {}),
    conditions: [notCreatedCondition(pod, outcome.reason, message, nowMs), ...(held ? outcome.conditions : [])],
  };
}

/** Says in one line why nothing was created. */
export function describeOutcome(outcome: Exclude<CreateOutcome, { kind: 'created' }>): string {
  return outcome.kind === 'held' ? outcome.problems.map(describeProblem).join('; ') : outcome.message;
}

/** The status after a create call failed; the reason tells dashboards what kind of failure it was. */
export function createFailedStatus(
  pod: Pod,
  failure: {
    class: ErrorClass;
    code: string;
    message: string;
    /** Nothing more is tried. Only a Pod that is never restarted may fail: others would be replaced at once, and spin. */
    final: boolean;
  },
  nowMs: number,
): PodStatus {
  const statusReason = {
    transient: undefined,
    capacity: 'ContainerInstanceScheduleFailed',
    account: 'ProviderFailed',
    permission: 'ProviderFailed',
    permanent: 'ProviderFailed',
  }[failure.class];
  const { message } = failure;
  return {
    ...notCreated(pod, { statusReason, message, waiting: 'ContainerCreating' }, nowMs),
    ...(failure.final
      ? { containerStatuses: waitingContainers(pod, { reason: GIVEN_UP, message: cut(message) }) }
      : {}),
    ...(failure.final && pod.spec?.restartPolicy === 'Never' ? { phase: 'Failed' } : {}),
    conditions: [notCreatedCondition(pod, failure.code, message, nowMs)],
  };
}

/** With a status reason the container statuses stay out: kubectl would print their waiting reason instead of it. */
function notCreated(
  pod: Pod,
  cause: { statusReason: string | undefined; message: string; waiting: string },
  nowMs: number,
): PodStatus {
  const base: PodStatus = { phase: 'Pending', startTime: pod.status?.startTime ?? toRfc3339(nowMs) };
  const message = cut(cause.message);
  if (cause.statusReason !== undefined) return { ...base, reason: cause.statusReason, message };
  const waiting =
    cause.waiting === 'ContainerCreating' ? { reason: cause.waiting } : { reason: cause.waiting, message };
  return { ...base, containerStatuses: waitingContainers(pod, waiting) };
}

function waitingContainers(pod: Pod, waiting: { reason: string; message?: string }): ContainerStatus[] {
  return (pod.spec?.containers ?? []).map((container) => ({
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting },
  }));
}

function notCreatedCondition(pod: Pod, reason: string, message: string, nowMs: number): PodCondition {
  const before = pod.status?.conditions?.find((condition) => condition.type === 'ContainerInstanceCreated');
  return {
    type: 'ContainerInstanceCreated',
    status: 'False',
    // Reasons of conditions are CamelCase words; the cloud's codes have dots.
    reason: reason.replaceAll(/[^A-Za-z0-9]/g, ''),
    message: cut(message),
    lastTransitionTime: before?.status === 'False' ? (before.lastTransitionTime ?? toRfc3339(nowMs)) : toRfc3339(nowMs),
  };
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…`;
}
