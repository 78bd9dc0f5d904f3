import { toRfc3339 } from '../../clock.ts';
import type { ContainerStatus, Pod, PodStatus } from '../../kube/types.ts';
import type { EciInstance, ObservedContainer } from '../instance/eci-instance.ts';
import { wholeSeconds } from '../instance/rfc3339.ts';
import { containerStatus } from './container-status.ts';
import { EXIT_CODE_KILLED } from './container-state.ts';
import { podConditions } from './pod-conditions.ts';
import { podPhase, type Phase } from './pod-phase.ts';

/**
 * Maps a container group to the Pod status that should be written: what the cloud tells, laid over the API's copy. Pure.
 * Lists of container statuses are complete and in the order of the spec. Fields of others are passed on unchanged.
 *
 * @param hostIp the node's address, as kubelet reports it; the cloud's own host address means nothing to the cluster.
 */
export function mapPodStatus(options: { pod: Pod; instance: EciInstance; hostIp: string; nowMs: number }): PodStatus {
  const { pod, instance, nowMs } = options;
  const previous = pod.status;
  // In a Pod that has ended nothing is started again, whatever its policy.
  const restartPolicy = isOver(previous?.phase) ? 'Never' : (pod.spec?.restartPolicy ?? 'Always');
  const observedInit = initStatuses(pod, instance, restartPolicy);
  const appsStarted = instance.containers.some(hasStarted);
  const initialized = isInitialized(pod, instance, { statuses: observedInit, appsStarted });
  const observedApps = (pod.spec?.containers ?? []).map((container) =>
    containerStatus({
      container,
      observed: find(instance, container.name),
      previous: previous?.containerStatuses?.find((status) => status.name === container.name),
      waitingReason: initialized ? 'ContainerCreating' : 'PodInitializing',
      restartPolicy,
    }),
  );
  const phase = podPhase({
    previous: previous?.phase,
    groupStatus: instance.groupStatus,
    containers: observedApps,
    initialized,
    restartPolicy,
  });
  const ended = { phase, endTime: wholeSeconds(instance.endTime) ?? toRfc3339(instance.observedAtMs) };
  const containers = observedApps.map((status) => endWith(status, ended));
  const initContainers = observedInit.map((status) => endWith(status, ended));
  const ephemeral = ephemeralStatuses(pod);
  const conditions = podConditions({ pod, instance, phase, containers, initContainers, initialized, nowMs });
  return {
    ...withoutCause(previous),
    phase,
    ...cause(pod, instance, { phase, nowMs }),
    conditions,
    hostIP: options.hostIp,
    hostIPs: [{ ip: options.hostIp }],
    ...addresses(instance),
    startTime: previous?.startTime ?? startTime(instance, nowMs),
    ...(initContainers.length === 0 ? {} : { initContainerStatuses: initContainers }),
    containerStatuses: containers,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
  };
}

/** Init containers are retried under any policy but Never; those that succeeded are done. */
function initStatuses(pod: Pod, instance: EciInstance, restartPolicy: string): ContainerStatus[] {
  return (pod.spec?.initContainers ?? []).map((container) =>
    containerStatus({
      container,
      observed: find(instance, container.name),
      previous: pod.status?.initContainerStatuses?.find((status) => status.name === container.name),
      waitingReason: 'PodInitializing',
      restartPolicy: restartPolicy === 'Never' ? 'Never' : 'OnFailure',
    }),
  );
}

/** Sidecars that were let through are told among the ordinary containers, so both lists are searched. */
function find(instance: EciInstance, name: string): ObservedContainer | undefined {
  return (
    instance.containers.find((container) => container.name === name) ??
    instance.initContainers?.find((container) => container.name === name)
  );
}

function isInitialized(
  pod: Pod,
  instance: EciInstance,
  seen: { statuses: readonly ContainerStatus[]; appsStarted: boolean },
): boolean {
  const isTrue = (condition: { type: string; status: string }) =>
    condition.type === 'Initialized' && condition.status === 'True';
  return (
    seen.appsStarted ||
    seen.statuses.every((status) => hasInitialized(pod, status)) ||
    instance.conditions.some(isTrue) ||
    (pod.status?.conditions ?? []).some(isTrue)
  );
}

function hasInitialized(pod: Pod, status: ContainerStatus): boolean {
  const spec = pod.spec?.initContainers?.find((container) => container.name === status.name);
  const sidecarRuns = spec?.restartPolicy === 'Always' && status.state?.running !== undefined;
  return sidecarRuns || status.state?.terminated?.exitCode === 0;
}

function isOver(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

function hasStarted(container: ObservedContainer): boolean {
  const { state, restartCount = 0 } = container;
  return state?.running !== undefined || state?.terminated !== undefined || restartCount > 0;
}

/** A finished Pod has no running container, whatever the last answer before the end said. */
function endWith(status: ContainerStatus, ended: { phase: Phase; endTime: string }): ContainerStatus {
  if (!isOver(ended.phase) || status.state?.terminated !== undefined) return status;
  // A container that never ran keeps the reason why, as with kubelet.
  if (ended.phase === 'Failed' && status.state?.waiting !== undefined && status.restartCount === 0) return status;
  const succeeded = ended.phase === 'Succeeded';
  const startedAt = status.state?.running?.startedAt;
  return {
    ...status,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode: succeeded ? 0 : EXIT_CODE_KILLED,
        reason: succeeded ? 'Completed' : 'Error',
        ...(startedAt === undefined ? {} : { startedAt }),
        finishedAt: ended.endTime,
      },
    },
  };
}

function cause(
  pod: Pod,
  instance: EciInstance,
  seen: { phase: Phase; nowMs: number },
): Pick<PodStatus, 'reason' | 'message'> {
  const { status } = pod;
  if (status !== undefined && isOver(status.phase)) {
    return {
      ...(status.reason === undefined ? {} : { reason: status.reason }),
      ...(status.message === undefined ? {} : { message: status.message }),
    };
  }
  if (seen.phase !== 'Failed') return {};
  if (instance.groupStatus === 'Expired') {
    return { reason: 'SpotReclaimed', message: 'the spot instance was reclaimed by the cloud' };
  }
  const deadline = pod.spec?.activeDeadlineSeconds;
  const started = Date.parse(status?.startTime ?? instance.startTime ?? '');
  if (deadline !== undefined && seen.nowMs >= started + deadline * 1000) {
    return { reason: 'DeadlineExceeded', message: 'the Pod was active longer than activeDeadlineSeconds' };
  }
  return {};
}

/** Reason and message of a failed attempt are cleared as soon as an instance exists. */
function withoutCause(status: PodStatus | undefined): PodStatus {
  const rest = { ...status };
  delete rest.reason;
  delete rest.message;
  return rest;
}

/** Addresses are kept when an answer lacks them, also after the end, as kubelet keeps them. */
function addresses(instance: EciInstance): Pick<PodStatus, 'podIP' | 'podIPs'> {
  const [podIP] = instance.podIps;
  return podIP === undefined ? {} : { podIP, podIPs: instance.podIps.map((ip) => ({ ip })) };
}

function startTime(instance: EciInstance, nowMs: number): string {
  const { createdAtMs } = instance.facts;
  return wholeSeconds(instance.startTime) ?? toRfc3339(createdAtMs ?? nowMs);
}

function ephemeralStatuses(pod: Pod): ContainerStatus[] {
  return (pod.spec?.ephemeralContainers ?? []).map((container) => ({
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason: 'NotSupported', message: 'ECI cannot add a container to a running group' } },
  }));
}
