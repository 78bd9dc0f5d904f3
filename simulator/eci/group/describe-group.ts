import { toRfc3339 } from '../../../src/clock.ts';
import type { ServiceEvent } from '../service-event.ts';
import { isPlaced } from './container-group.ts';
import type { ContainerGroup, ContainerState, GroupContainer } from './container-group.ts';
import { describeVolume } from './describe-volume.ts';

type Json = Record<string, unknown>;

/** Renders a row of DescribeContainerGroups with the service's member names. Source: ECI API reference, DescribeContainerGroups. */
export function describeGroup(group: ContainerGroup): Json {
  const { request, network } = group;
  const finished = group.finishedAtMs === undefined ? undefined : toRfc3339(group.finishedAtMs);
  return defined({
    ContainerGroupId: group.id,
    ContainerGroupName: group.name,
    Status: group.status,
    RegionId: group.regionId,
    ZoneId: network.zoneId,
    VpcId: network.vpcId,
    VSwitchId: network.vSwitchId,
    SecurityGroupId: network.securityGroupId,
    ResourceGroupId: request.ResourceGroupId,
    EniInstanceId: isPlaced(group) ? `eni-${group.id.slice('eci-'.length)}` : undefined,
    IntranetIp: isPlaced(group) ? network.intranetIp : undefined,
    Cpu: group.cpu,
    Memory: group.memory,
    InstanceType: group.instanceType,
    ComputeCategory: request.ComputeCategory?.[0],
    EphemeralStorage: request.EphemeralStorage,
    RestartPolicy: group.restartPolicy,
    RamRoleName: request.RamRoleName,
    SpotStrategy: request.SpotStrategy ?? 'NoSpot',
    SpotPriceLimit: request.SpotPriceLimit,
    CreationTime: toRfc3339(group.createdAtMs),
    SucceededTime: group.status === 'Succeeded' ? finished : undefined,
    FailedTime: group.status === 'Failed' ? finished : undefined,
    ExpiredTime: group.status === 'Expired' ? finished : undefined,
    DnsPolicy: request.DnsPolicy,
    DnsConfig: {
      NameServers: request.DnsConfig?.NameServer ?? [],
      Searches: request.DnsConfig?.Search ?? [],
      Options: request.DnsConfig?.Option ?? [],
    },
    EciSecurityContext: { Sysctls: request.SecurityContext?.Sysctl ?? [] },
    HostAliases: (request.HostAliase ?? []).map(({ Ip, Hostname = [] }) => ({ Ip, Hostnames: Hostname })),
    Tags: [...group.tags].map(([Key, Value]) => ({ Key, Value })),
    Volumes: (request.Volume ?? []).map(describeVolume),
    Events: group.events.map(describeEvent),
    Containers: group.containers.map(describeContainer),
    InitContainers: group.initContainers.map(describeContainer),
  });
}

/** Renders an event as image caches and groups show it. */
export function describeEvent(event: ServiceEvent): Json {
  return {
    Type: event.type,
    Reason: event.reason,
    Message: event.message,
    Name: event.name,
    Count: event.count,
    FirstTimestamp: toRfc3339(event.firstAtMs),
    LastTimestamp: toRfc3339(event.lastAtMs),
  };
}

function describeContainer(container: GroupContainer): Json {
  const { requested, isInit } = container;
  const isHidden = requested.EnvironmentVarHide === true;
  return defined({
    Name: container.name,
    Image: requested.Image,
    ImagePullPolicy: requested.ImagePullPolicy,
    // Init containers have the member in the singular.
    [isInit ? 'Command' : 'Commands']: requested.Command ?? [],
    Args: requested.Arg ?? [],
    WorkingDir: requested.WorkingDir,
    Cpu: requested.Cpu ?? 0,
    Memory: requested.Memory ?? 0,
    Gpu: requested.Gpu ?? 0,
    Ports: requested.Port ?? [],
    EnvironmentVars: isHidden
      ? []
      : (requested.EnvironmentVar ?? []).map(({ Key, Value, FieldRef }) =>
          defined({ Key, Value, ValueFrom: FieldRef === undefined ? undefined : { FieldRef } }),
        ),
    VolumeMounts: requested.VolumeMount ?? [],
    LivenessProbe: describeProbe(requested.LivenessProbe),
    ReadinessProbe: describeProbe(requested.ReadinessProbe),
    SecurityContext: describeSecurityContext(requested),
    Stdin: requested.Stdin,
    StdinOnce: requested.StdinOnce,
    Tty: requested.Tty,
    Ready: container.ready,
    RestartCount: container.restartCount,
    CurrentState: describeState(container.current),
    PreviousState: container.previous === undefined ? undefined : describeState(container.previous),
  });
}

function describeState(state: ContainerState): Json {
  if (state.state === 'Waiting') {
    return { State: state.state, Reason: state.reason, Message: state.message, DetailStatus: state.reason };
  }
  if (state.state === 'Running') {
    return { State: state.state, StartTime: toRfc3339(state.startedAtMs), DetailStatus: '' };
  }
  return {
    State: state.state,
    Reason: state.reason,
    ...(state.message === undefined ? {} : { Message: state.message }),
    ...signalOf(state.exitCode),
    ExitCode: state.exitCode,
    StartTime: toRfc3339(state.startedAtMs),
    FinishTime: toRfc3339(state.finishedAtMs),
    DetailStatus: state.reason,
  };
}

/** Codes above 128 tell the signal that ended a process. */
function signalOf(exitCode: number): Json {
  return exitCode > 128 ? { Signal: exitCode - 128 } : {};
}

function describeProbe(probe: GroupContainer['requested']['LivenessProbe']): Json | undefined {
  if (probe === undefined) {
    return undefined;
  }
  const { Exec, ...rest } = probe;
  return { ...rest, Execs: Exec?.Command ?? [] };
}

function describeSecurityContext({ SecurityContext }: GroupContainer['requested']): Json | undefined {
  if (SecurityContext === undefined) {
    return undefined;
  }
  const { Capability, ...rest } = SecurityContext;
  return { ...rest, Capability: { Adds: Capability?.Add ?? [] } };
}

function defined(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
