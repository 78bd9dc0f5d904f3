import { toRfc3339 } from '../../../src/clock.ts';
import { isPlaced } from './container-group.ts';
import type { ContainerGroup, ContainerState, GroupContainer, GroupStatus } from './container-group.ts';

type Json = Record<string, unknown>;

/** Source: ECI help centre, life cycle of ECI Pods. */
const PHASES: Readonly<Record<GroupStatus, string>> = {
  Scheduling: 'Pending',
  Pending: 'Pending',
  Running: 'Running',
  Restarting: 'Pending',
  Updating: 'Pending',
  Terminating: 'Running',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Expired: 'Failed',
  ScheduleFailed: 'Failed',
};

/**
 * Renders a row of DescribeContainerGroupStatus: the shape of Kubernetes with the odd names of the service's wire.
 * Source: ECI API reference, DescribeContainerGroupStatus, and the models of the official SDK.
 */
export function describeGroupStatus(group: ContainerGroup): Json {
  const podIp = isPlaced(group) ? group.network.intranetIp : '';
  return {
    ContainerGroupId: group.id,
    Name: group.name,
    Namespace: 'default',
    uuid: group.uuid,
    Status: group.status,
    Annotations: '{}',
    PodStatus: {
      Phase: PHASES[group.status],
      PodIp: podIp,
      PodIps: podIp === '' ? [] : [{ Ip: podIp }],
      HostIp: podIp,
      QosClass: 'Burstable',
      StartTime: toRfc3339(group.createdAtMs),
      Conditions: conditions(group),
      ContainerStatuses: group.containers.map(describeStatus),
    },
  };
}

/** On the wire `type`, `status` and `lastTransitionTime` are lower-case, `Reason` and `Message` are not. */
function conditions(group: ContainerGroup): Json[] {
  const placed = isPlaced(group);
  const initialized = placed && group.initContainers.every(({ current }) => current.state === 'Terminated');
  const ready = group.containers.every(({ ready }) => ready);
  const reason = group.status === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady';
  const condition = (type: string, holds: boolean, why: string): Json => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: toRfc3339(group.changedAtMs),
    ...(holds ? {} : { Reason: why, Message: '' }),
  });
  return [
    condition('PodScheduled', true, ''),
    {
      ...condition('ContainerInstanceCreated', placed, 'Creating'),
      ...(group.notice === undefined ? {} : { Reason: group.notice.reason, Message: group.notice.message }),
    },
    condition('Initialized', initialized, 'ContainersNotInitialized'),
    condition('ContainersReady', ready, reason),
    condition('Ready', ready, reason),
  ];
}

function describeStatus(container: GroupContainer): Json {
  return {
    Name: container.name,
    Image: container.requested.Image,
    ImageID: container.imageDigest ?? '',
    Ready: container.ready,
    Started: container.current.state === 'Running',
    RestartCount: container.restartCount,
    State: describeState(container.current),
    LastState: container.previous === undefined ? {} : describeState(container.previous),
  };
}

function describeState(state: ContainerState): Json {
  if (state.state === 'Waiting') {
    return { Waiting: { Reason: state.reason, Message: state.message } };
  }
  if (state.state === 'Running') {
    // The service's own name for the member.
    return { Running: { StartedAtstartedAt: toRfc3339(state.startedAtMs) } };
  }
  return {
    Terminated: {
      ExitCode: state.exitCode,
      Reason: state.reason,
      ...(state.message === undefined ? {} : { Message: state.message }),
      StartedAt: toRfc3339(state.startedAtMs),
      FinishedAt: toRfc3339(state.finishedAtMs),
    },
  };
}
