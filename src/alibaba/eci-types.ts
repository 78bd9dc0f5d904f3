/**
 * Requests and answers of ECI 2018-08-08 with camelCase members. A member is the wire name with its first letter lowered
 * (`vSwitchId` is `VSwitchId`, `eipISP` is `EipISP`); `nfsVolume` is the one exception (`NFSVolume`). `eci-wire.ts` translates.
 * Lists are repeated parameters unless the comment says otherwise. Source: ECI API reference, CreateContainerGroup.
 */
import type { Secret } from '../secret.ts';

/** One secret-free pull entry, which ECI resolves itself at each pull. */
export interface AcrRegistryInfo {
  /** `cri-…`; absent for entries that carry roles only. */
  instanceId?: string;
  instanceName?: string;
  /** Region of the registry instance, only with `instanceId`. */
  regionId?: string;
  domain?: string[];
  /** ARN of a role in the account that owns the ECI resource. */
  arnService?: string;
  /** ARN of a role in the account that owns the registry. */
  arnUser?: string;
}

export interface ImageRegistryCredential {
  /** Registry host with port if any, without scheme. */
  server: string;
  userName: string;
  password: Secret;
}

export interface Tag {
  key: string;
  value: string;
}

export interface NameValue {
  name: string;
  value: string;
}

export interface HttpGet {
  path?: string;
  port: number;
  scheme?: string;
}

export interface ContainerProbe {
  httpGet?: HttpGet;
  exec?: { command: string[] };
  tcpSocket?: { port: number };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface EnvironmentVar {
  key: string;
  value?: string;
  fieldRef?: { fieldPath: 'status.podIP' };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  subPath?: string;
  /** `HostToCotainer` is the service's own spelling. */
  mountPropagation?: string;
}

export interface ContainerRequest {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command?: string[];
  arg?: string[];
  workingDir?: string;
  /** vCPU. */
  cpu?: number;
  /** GiB. */
  memory?: number;
  gpu?: number;
  environmentVar?: EnvironmentVar[];
  environmentVarHide?: boolean;
  port?: { port: number; protocol?: string }[];
  volumeMount?: VolumeMount[];
  livenessProbe?: ContainerProbe;
  readinessProbe?: ContainerProbe;
  lifecyclePostStartHandlerExec?: string[];
  lifecyclePostStartHandlerHttpGetHost?: string;
  lifecyclePostStartHandlerHttpGetPath?: string;
  lifecyclePostStartHandlerHttpGetPort?: number;
  lifecyclePostStartHandlerHttpGetScheme?: string;
  lifecyclePostStartHandlerHttpGetHttpHeader?: NameValue[];
  lifecyclePostStartHandlerTcpSocketHost?: string;
  lifecyclePostStartHandlerTcpSocketPort?: number;
  lifecyclePreStopHandlerExec?: string[];
  lifecyclePreStopHandlerHttpGetHost?: string;
  lifecyclePreStopHandlerHttpGetPath?: string;
  lifecyclePreStopHandlerHttpGetPort?: number;
  lifecyclePreStopHandlerHttpGetScheme?: string;
  lifecyclePreStopHandlerHttpGetHttpHeader?: NameValue[];
  lifecyclePreStopHandlerTcpSocketHost?: string;
  lifecyclePreStopHandlerTcpSocketPort?: number;
  securityContext?: {
    runAsUser?: number;
    readOnlyRootFilesystem?: boolean;
    capability?: { add?: string[] };
  };
  securityContextRunAsGroup?: number;
  securityContextRunAsNonRoot?: boolean;
  securityContextPrivileged?: boolean;
  stdin?: boolean;
  stdinOnce?: boolean;
  tty?: boolean;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
}

export interface ConfigFileToPath {
  path: string;
  /** base64. May hold a token: never log a request. */
  content: string;
  /** Octal digits in an integer: 0644 travels as 644. */
  mode?: number;
}

export interface VolumeRequest {
  name: string;
  type: 'EmptyDirVolume' | 'ConfigFileVolume' | 'NFSVolume' | 'FlexVolume' | 'HostPathVolume';
  emptyDirVolume?: { medium?: string; sizeLimit?: string };
  configFileVolume?: { defaultMode?: number; configFileToPath: ConfigFileToPath[] };
  nfsVolume?: { server: string; path: string; readOnly?: boolean };
  flexVolume?: { driver: string; fsType?: string; options?: string };
  hostPathVolume?: { path: string; type?: string };
}

/** Everything of CreateContainerGroup that this product sends. `vSwitchId`, `instanceType`, `plainHttpRegistry` and `insecureRegistry` are comma lists. */
export interface CreateContainerGroupRequest {
  regionId: string;
  containerGroupName: string;
  clientToken: string;
  container: ContainerRequest[];
  initContainer?: ContainerRequest[];
  volume?: VolumeRequest[];
  securityGroupId?: string;
  vSwitchId?: string;
  scheduleStrategy?: string;
  zoneId?: string;
  cpu?: number;
  memory?: number;
  instanceType?: string;
  computeCategory?: string[];
  cpuArchitecture?: string;
  osType?: string;
  gpuDriverVersion?: string;
  cpuOptionsCore?: number;
  cpuOptionsThreadsPerCore?: number;
  restartPolicy?: string;
  /** GiB on top of the free 30. */
  ephemeralStorage?: number;
  spotStrategy?: string;
  spotPriceLimit?: number;
  spotDuration?: number;
  dnsPolicy?: string;
  dnsConfig?: { nameServer?: string[]; search?: string[]; option?: { name: string; value?: string }[] };
  hostName?: string;
  hostAliase?: { ip: string; hostname: string[] }[];
  eipInstanceId?: string;
  autoCreateEip?: boolean;
  eipBandwidth?: number;
  eipISP?: string;
  eipCommonBandwidthPackage?: string;
  ipv6AddressCount?: number;
  ipv6GatewayBandwidthEnable?: boolean;
  ipv6GatewayBandwidth?: string;
  privateIpAddress?: string;
  fixedIp?: string;
  fixedIpRetainHour?: number;
  /** Bytes per second. */
  ingressBandwidth?: number;
  egressBandwidth?: number;
  ramRoleName?: string;
  resourceGroupId?: string;
  tag?: Tag[];
  imageRegistryCredential?: ImageRegistryCredential[];
  acrRegistryInfo?: AcrRegistryInfo[];
  plainHttpRegistry?: string;
  insecureRegistry?: string;
  autoMatchImageCache?: boolean;
  imageSnapshotId?: string;
  dataCacheBucket?: string;
  dataCachePL?: string;
  dataCacheProvisionedIops?: number;
  dataCacheBurstingEnabled?: boolean;
  terminationGracePeriodSeconds?: number;
  activeDeadlineSeconds?: number;
  maxPendingMinute?: number;
  shareProcessNamespace?: boolean;
  securityContext?: { sysctl?: NameValue[] };
  hostSecurityContext?: { sysctl?: NameValue[] };
  ntpServer?: string[];
  corePattern?: string;
}

/** Everything of CreateImageCache that this product sends. */
export interface CreateImageCacheRequest {
  regionId: string;
  imageCacheName: string;
  clientToken: string;
  image: string[];
  securityGroupId?: string;
  vSwitchId?: string;
  imageCacheSize?: number;
  retentionDays?: number;
  autoMatchImageCache?: boolean;
  flash?: boolean;
  osType?: string;
  eipInstanceId?: string;
  acrRegistryInfo?: AcrRegistryInfo[];
  imageRegistryCredential?: ImageRegistryCredential[];
  plainHttpRegistry?: string;
  insecureRegistry?: string;
  resourceGroupId?: string;
  tag?: Tag[];
}

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

export interface Page<T> {
  items: T[];
  /** Empty means finished; a page may be short or empty while a token is still given. */
  nextToken?: string;
  requestId?: string;
}

/** The ECI client: one method per action, each a single call (paging is the caller's), all through the one call wrapper. */
export interface EciClient {
  createContainerGroup(request: CreateContainerGroupRequest): Promise<{ containerGroupId: string; requestId: string }>;
  /** Not found is success. */
  deleteContainerGroup(request: { containerGroupId: string; force?: boolean; clientToken?: string }): Promise<void>;
  /** At most 20 ids, page size at most 20. */
  describeContainerGroups(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ContainerGroup>>;
  /** At most 20 ids; `sinceSecond` 60 to 3600; `limit` at most 200. */
  describeContainerGroupStatus(query: {
    containerGroupIds?: string[];
    tag?: Tag[];
    sinceSecond?: number;
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ContainerGroupStatus>>;
  createImageCache(
    request: CreateImageCacheRequest,
  ): Promise<{ imageCacheId: string; containerGroupId?: string; requestId: string }>;
  /** Not found is success. */
  deleteImageCache(request: { imageCacheId: string; clientToken?: string }): Promise<void>;
  describeImageCaches(query: {
    imageCacheId?: string;
    tag?: Tag[];
    limit?: number;
    nextToken?: string;
  }): Promise<Page<ImageCache>>;
}
