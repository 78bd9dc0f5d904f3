/**
 * Requests of ECI 2018-08-08 with camelCase members. A member is the wire name with its first letter lowered (`vSwitchId` is
 * `VSwitchId`, `eipISP` is `EipISP`); `nfsVolume` is the one exception (`NFSVolume`). `eci-wire.ts` translates.
 * Lists are repeated parameters unless the comment says otherwise. Source: ECI API reference, CreateContainerGroup.
 */
import type { Secret, Text } from '../secret.ts';

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
  value?: Text;
  fieldRef?: { fieldPath: 'status.podIP' };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  subPath?: Text;
  /** `HostToCotainer` is the service's own spelling. */
  mountPropagation?: string;
}

export interface ContainerRequest {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command?: Text[];
  arg?: Text[];
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
  /** base64; wrapped when it holds a token or comes from a Secret. */
  content: Text;
  /** Octal digits in an integer: 0644 travels as 644. */
  mode?: number;
}

export interface VolumeRequest {
  name: string;
  type: 'EmptyDirVolume' | 'ConfigFileVolume' | 'NFSVolume' | 'FlexVolume' | 'HostPathVolume';
  emptyDirVolume?: { medium?: string; sizeLimit?: string };
  configFileVolume?: { defaultMode?: number; configFileToPath: ConfigFileToPath[] };
  nfsVolume?: { server: string; path: string; readOnly?: boolean };
  /** `options` is one JSON text; wrapped when keys of the storage service are among them. */
  flexVolume?: { driver: string; fsType?: string; options?: Text };
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

/**
 * Everything of UpdateContainerGroup that this product sends. A list that is given replaces the one before as a whole; lists of
 * containers are complete. The service restarts the containers, unless only tags change, or registry credentials whose number
 * does not grow. Source: ECI API reference, UpdateContainerGroup.
 */
export interface UpdateContainerGroupRequest {
  containerGroupId: string;
  /** One per change: the same change sent again has no second effect. */
  clientToken: string;
  /** `IncrementalUpdate` leaves alone what is not given; `RenewUpdate`, the service's default, takes it away. */
  updateType: 'IncrementalUpdate' | 'RenewUpdate';
  container?: ContainerRequest[];
  initContainer?: ContainerRequest[];
  imageRegistryCredential?: ImageRegistryCredential[];
  /** This action has no members for role ARNs: entries that need them cannot be sent, and are no longer in force afterwards. */
  acrRegistryInfo?: Omit<AcrRegistryInfo, 'arnService' | 'arnUser'>[];
  tag?: Tag[];
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
