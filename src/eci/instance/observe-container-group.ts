import type {
  ContainerGroup,
  EciContainer,
  EciContainerState,
  EciEvent,
  KubeContainerState,
} from '../../alibaba/eci-answers.ts';
import type { InstanceFacts, Observation, ObservedCondition, ObservedContainer } from './eci-instance.ts';

/** Reads a row of DescribeContainerGroups. @param observedAtMs when the request was started. */
export function observeContainerGroup(group: ContainerGroup, observedAtMs: number): Observation {
  const podIps = [group.intranetIp, group.ipv6Address].flatMap((ip) => (ip ? [ip] : []));
  const endTime = group.succeededTime || group.failedTime;
  const failure = scheduleFailure(group);
  return {
    containerGroupId: group.containerGroupId,
    observedAtMs,
    ...(group.status === undefined ? {} : { groupStatus: group.status }),
    ...(podIps.length === 0 ? {} : { podIps }),
    ...(endTime ? { endTime } : {}),
    containers: group.containers.flatMap(observeContainer),
    initContainers: group.initContainers.flatMap(observeContainer),
    ...(failure === undefined ? {} : { conditions: [failure] }),
    facts: readFacts(group),
  };
}

function observeContainer(container: EciContainer): ObservedContainer[] {
  if (container.name === undefined) return [];
  const state = translateState(container.currentState);
  const lastState = translateState(container.previousState);
  return [
    {
      name: container.name,
      ...(container.image === undefined ? {} : { image: container.image }),
      ...(container.ready === undefined ? {} : { ready: container.ready }),
      ...(container.restartCount === undefined ? {} : { restartCount: container.restartCount }),
      ...(state === undefined ? {} : { state }),
      ...(lastState === undefined ? {} : { lastState }),
    },
  ];
}

function translateState(state: EciContainerState | undefined): KubeContainerState | undefined {
  if (state === undefined) return undefined;
  const reason = state.reason || state.detailStatus;
  const said = { ...(reason ? { reason } : {}), ...(state.message ? { message: state.message } : {}) };
  switch (state.state) {
    case 'Waiting':
      return { waiting: said };
    case 'Running':
      return { running: state.startTime === undefined ? {} : { startedAt: state.startTime } };
    case 'Terminated':
      return {
        terminated: {
          ...(state.reason ? { reason: state.reason } : {}),
          ...(state.message ? { message: state.message } : {}),
          ...(state.exitCode === undefined ? {} : { exitCode: state.exitCode }),
          ...(state.signal === undefined ? {} : { signal: state.signal }),
          ...(state.startTime === undefined ? {} : { startedAt: state.startTime }),
          ...(state.finishTime === undefined ? {} : { finishedAt: state.finishTime }),
        },
      };
    case undefined:
    default:
      return undefined;
  }
}

/** This action has no conditions: why a group could not be placed stands in its last warning. */
function scheduleFailure(group: ContainerGroup): ObservedCondition | undefined {
  if (group.status !== 'ScheduleFailed') return undefined;
  const time = (event: EciEvent) => Date.parse(event.lastTimestamp ?? '') || 0;
  const warning = group.events
    .filter((event) => event.type === 'Warning')
    .sort((a, b) => time(b) - time(a))
    .at(0);
  return {
    type: 'ContainerInstanceCreated',
    status: 'False',
    reason: warning?.reason ?? 'FailedScheduling',
    ...(warning?.message === undefined ? {} : { message: warning.message }),
  };
}

function readFacts(group: ContainerGroup): InstanceFacts {
  const createdAtMs = Date.parse(group.creationTime ?? '');
  return {
    ...(Number.isNaN(createdAtMs) ? {} : { createdAtMs }),
    ...(group.cpu === undefined ? {} : { cpu: group.cpu }),
    ...(group.memory === undefined ? {} : { memoryGiB: group.memory }),
    ...(group.instanceType ? { instanceType: group.instanceType } : {}),
    ...(group.computeCategory ? { computeCategory: group.computeCategory } : {}),
    ...(group.zoneId ? { zoneId: group.zoneId } : {}),
    ...(group.vSwitchId ? { vSwitchId: group.vSwitchId } : {}),
    ...(group.vpcId ? { vpcId: group.vpcId } : {}),
    ...(group.eniInstanceId ? { eniInstanceId: group.eniInstanceId } : {}),
    ...(group.internetIp ? { internetIp: group.internetIp } : {}),
  };
}
