/**
 * Answers of DescribeContainerGroupStatus, which are shaped like Kubernetes and mix the case of their member names.
 * Source: ECI API reference, DescribeContainerGroupStatus.
 */
import type { ContainerGroupStatus, KubeContainerState } from './eci-answers.ts';
import { present, type WireObject } from './wire-object.ts';

/** A row of DescribeContainerGroupStatus. @returns undefined for a row without an id. */
export function parseContainerGroupStatus(raw: WireObject): ContainerGroupStatus | undefined {
  const containerGroupId = raw.text('ContainerGroupId');
  if (containerGroupId === undefined || containerGroupId === '') return undefined;
  const pod = raw.object('PodStatus');
  return {
    containerGroupId,
    ...present({
      name: raw.text('Name'),
      namespace: raw.text('Namespace'),
      uuid: raw.text('uuid'),
      status: raw.text('Status'),
      phase: pod?.text('Phase'),
      podIp: pod?.text('PodIp'),
      startTime: pod?.text('StartTime'),
    }),
    podIps: pod?.objects('PodIps').flatMap((row) => row.text('Ip') ?? []) ?? [],
    conditions: pod?.objects('Conditions').flatMap(parseCondition) ?? [],
    containerStatuses: pod?.objects('ContainerStatuses').flatMap(parseContainerStatus) ?? [],
  };
}

function parseCondition(raw: WireObject): ContainerGroupStatus['conditions'] {
  const type = raw.text('type');
  if (type === undefined) return [];
  return [
    {
      type,
      status: raw.text('status') ?? 'Unknown',
      ...present({
        reason: raw.text('reason'),
        message: raw.message('message'),
        lastTransitionTime: raw.text('lastTransitionTime'),
      }),
    },
  ];
}

function parseContainerStatus(raw: WireObject): ContainerGroupStatus['containerStatuses'] {
  const name = raw.text('Name');
  if (name === undefined) return [];
  const state = raw.object('State');
  const lastState = raw.object('LastState');
  return [
    {
      name,
      ...present({
        image: raw.text('Image'),
        imageId: raw.text('ImageID'),
        ready: raw.boolean('Ready'),
        started: raw.boolean('Started'),
        restartCount: raw.number('RestartCount'),
        state: state === undefined ? undefined : parseState(state),
        lastState: lastState === undefined ? undefined : parseState(lastState),
      }),
    },
  ];
}

function parseState(raw: WireObject): KubeContainerState {
  const running = raw.object('Running');
  const waiting = raw.object('Waiting');
  const terminated = raw.object('Terminated');
  return present({
    // The doubled name is what the service sends.
    running:
      running === undefined ? undefined : present({ startedAt: running.text('StartedAtstartedAt', 'StartedAt') }),
    waiting:
      waiting === undefined
        ? undefined
        : present({ reason: waiting.text('Reason'), message: waiting.message('Message') }),
    terminated:
      terminated === undefined
        ? undefined
        : present({
            containerId: terminated.text('ContainerID'),
            exitCode: terminated.number('ExitCode'),
            signal: terminated.number('Signal'),
            reason: terminated.text('Reason'),
            message: terminated.text('Message'),
            startedAt: terminated.text('StartedAt'),
            finishedAt: terminated.text('FinishedAt'),
          }),
  });
}
