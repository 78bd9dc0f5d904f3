/**
 * Answers of ECI 2018-08-08 with camelCase members. A member is the wire name with its first letter lowered (`vSwitchId` is
 * `VSwitchId`, `eipISP` is `EipISP`); `nfsVolume` is the one exception (`NFSVolume`). `eci-wire.ts` translates.
 * What is not used is left out. Source: ECI API reference, DescribeContainerGroups and its siblings.
 */
import type { Tag } from './eci-requests.ts';

/** One container's state as DescribeContainerGroups tells it. Times are RFC 3339. */
export interface EciContainerState {
  /** `Waiting`, `Running` or `Terminated`. */
  state?: string;
  reason?: string;
  message?: string;
  detailStatus?: string;
  exitCode?: number;
  signal?: number;
  startTime?: string;
  finishTime?: string;
}

export interface EciContainer {
  name?: string;
  image?: string;
  ready?: boolean;
  restartCount?: number;
  currentState?: EciContainerState;
  previousState?: EciContainerState;
}

export interface EciEvent {
  type?: string;
  reason?: string;
  message?: string;
  name?: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
}

/** A row of DescribeContainerGroups, reduced to what is used. */
export interface ContainerGroup {
  containerGroupId: string;
  containerGroupName?: string;
  status?: string;
  zoneId?: string;
  vSwitchId?: string;
  vpcId?: string;
  securityGroupId?: string;
  eniInstanceId?: string;
  intranetIp?: string;
  internetIp?: string;
  ipv6Address?: string;
  cpu?: number;
  memory?: number;
  instanceType?: string;
  computeCategory?: string;
  creationTime?: string;
  succeededTime?: string;
  failedTime?: string;
  tags: Tag[];
  containers: EciContainer[];
  initContainers: EciContainer[];
  events: EciEvent[];
}

/** A row of DescribeContainerGroupStatus: Kubernetes-shaped. Member case on the wire is mixed; the client normalises it to this. */
export interface ContainerGroupStatus {
  containerGroupId: string;
  name?: string;
  namespace?: string;
  uuid?: string;
  status?: string;
  phase?: string;
  podIp?: string;
  podIps: string[];
  startTime?: string;
  conditions: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  containerStatuses: {
    name: string;
    image?: string;
    imageId?: string;
    ready?: boolean;
    started?: boolean;
    restartCount?: number;
    state?: KubeContainerState;
    lastState?: KubeContainerState;
  }[];
}

export interface KubeContainerState {
  running?: { startedAt?: string };
  waiting?: { reason?: string; message?: string };
  terminated?: {
    containerId?: string;
    exitCode?: number;
    signal?: number;
    reason?: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
  };
}

/** A row of DescribeContainerGroupEvents. */
export interface ContainerGroupEvents {
  containerGroupId: string;
  events: EciEvent[];
}

/** A row of DescribeImageCaches. */
export interface ImageCache {
  imageCacheId: string;
  imageCacheName?: string;
  status?: string;
  progress?: string;
  images: string[];
  imageCacheSize?: number;
  containerGroupId?: string;
  snapshotId?: string;
  creationTime?: string;
  expireDateTime?: string;
  tags: Tag[];
  events: EciEvent[];
}

/** What one container or a whole group uses. Counters only rise; a member that the service does not tell is absent. */
export interface UsageFigures {
  /** Since the start, of all processors together. */
  cpuNanoSeconds?: number;
  cpuNanoCores?: number;
  memoryUsageBytes?: number;
  memoryWorkingSetBytes?: number;
  memoryRssBytes?: number;
  memoryAvailableBytes?: number;
}

export interface InterfaceFigures {
  name: string;
  rxBytes?: number;
  rxErrors?: number;
  txBytes?: number;
  txErrors?: number;
}

/** The newest record of DescribeMultiContainerGroupMetric for one group. */
export interface ContainerGroupUsage extends UsageFigures {
  containerGroupId: string;
  /** RFC 3339, when the record was taken. */
  timestamp?: string;
  containers: (UsageFigures & { name: string })[];
  interfaces: InterfaceFigures[];
}

export interface Page<T> {
  items: T[];
  /** Empty means finished; a page may be short or empty while a token is still given. */
  nextToken?: string;
  requestId?: string;
}
