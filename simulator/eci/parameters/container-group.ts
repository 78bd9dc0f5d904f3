import { container, initContainer, namedValues, updatedContainer } from './container.ts';
import { acrRegistryInfos, imageRegistryCredentials, updatedAcrRegistryInfos } from './credentials.ts';
import { choice, decimal, flag, group, integer, jsonList, list, required, text } from './grammar.ts';
import type { ReadMembers } from './grammar.ts';
import { clientToken, identifier, regionId, resourceName } from './names.ts';
import { tagFilter, tags } from './tags.ts';
import { volume } from './volume.ts';

const dnsConfig = {
  NameServer: list(text({ min: 1 }), 20),
  Search: list(text({ min: 1 }), 20),
  Option: namedValues,
};

/** CreateContainerGroup. Source: ECI API reference, CreateContainerGroup; limits from its product limits page. */
export const createContainerGroup = {
  RegionId: regionId,
  ContainerGroupName: required(resourceName),
  ClientToken: clientToken,
  Container: required(list(container, 20)),
  InitContainer: list(initContainer, 20),
  Volume: list(volume, 20),
  SecurityGroupId: identifier,
  VSwitchId: text({ max: 1024 }),
  ScheduleStrategy: choice('VSwitchOrdered', 'VSwitchRandom'),
  ZoneId: identifier,
  Cpu: decimal(),
  Memory: decimal(),
  InstanceType: text({ max: 512 }),
  ComputeCategory: list(choice('economy', 'general'), 2),
  CpuArchitecture: choice('AMD64', 'ARM64'),
  OsType: choice('Linux', 'Windows'),
  GpuDriverVersion: text(),
  CpuOptionsCore: integer(1),
  CpuOptionsThreadsPerCore: integer(1, 2),
  RestartPolicy: choice('Always', 'Never', 'OnFailure'),
  EphemeralStorage: integer(0, 5000),
  SpotStrategy: choice('NoSpot', 'SpotAsPriceGo', 'SpotWithPriceLimit'),
  SpotPriceLimit: decimal(),
  SpotDuration: integer(0, 1),
  StrictSpot: flag(),
  DnsPolicy: choice('Default', 'None'),
  DnsConfig: group(dnsConfig),
  HostName: text({ max: 255 }),
  HostAliase: list(group({ Ip: required(text({ min: 1 })), Hostname: list(text({ min: 1 }), 50) }), 100),
  EipInstanceId: identifier,
  AutoCreateEip: flag(),
  EipBandwidth: integer(1),
  EipISP: choice('BGP', 'BGP_PRO'),
  EipCommonBandwidthPackage: identifier,
  Ipv6AddressCount: integer(0, 1),
  Ipv6GatewayBandwidthEnable: flag(),
  Ipv6GatewayBandwidth: text(),
  PrivateIpAddress: text({ pattern: /^\d{1,3}(\.\d{1,3}){3}$/ }),
  FixedIp: choice('true', 'false'),
  FixedIpRetainHour: integer(1),
  IngressBandwidth: integer(),
  EgressBandwidth: integer(),
  RamRoleName: identifier,
  ResourceGroupId: identifier,
  Tag: tags,
  ImageRegistryCredential: imageRegistryCredentials(10),
  AcrRegistryInfo: acrRegistryInfos,
  PlainHttpRegistry: text(),
  InsecureRegistry: text(),
  AutoMatchImageCache: flag(),
  ImageSnapshotId: identifier,
  ImageAccelerateMode: choice('nydus', 'dadi', 'p2p', 'imc'),
  DataCacheBucket: text(),
  DataCachePL: text(),
  DataCacheProvisionedIops: integer(),
  DataCacheBurstingEnabled: flag(),
  TerminationGracePeriodSeconds: integer(),
  ActiveDeadlineSeconds: integer(1),
  MaxPendingMinute: integer(10, 1440),
  ShareProcessNamespace: flag(),
  SecurityContext: group({ Sysctl: namedValues }),
  HostSecurityContext: group({ Sysctl: namedValues }),
  NtpServer: list(text({ min: 1 }), 20),
  CorePattern: text({ pattern: /^[^|]/ }),
  ContainerResourceView: flag(),
  OverheadReservationOption: group({ EnableOverheadReservation: flag() }),
  DryRun: flag(),
};

/** The request of CreateContainerGroup. */
export type CreateContainerGroup = ReadMembers<typeof createContainerGroup>;

/** DeleteContainerGroup. */
export const deleteContainerGroup = {
  RegionId: regionId,
  ContainerGroupId: required(identifier),
  ClientToken: clientToken,
  Force: flag(),
};

/** RestartContainerGroup. */
export const restartContainerGroup = {
  RegionId: regionId,
  ContainerGroupId: required(identifier),
  ClientToken: clientToken,
};

/** UpdateContainerGroup. Source: ECI API reference, UpdateContainerGroup. */
export const updateContainerGroup = {
  RegionId: regionId,
  ContainerGroupId: required(identifier),
  ClientToken: clientToken,
  UpdateType: choice('RenewUpdate', 'IncrementalUpdate'),
  ImageRegistryCredential: imageRegistryCredentials(20),
  AcrRegistryInfo: updatedAcrRegistryInfos,
  Tag: tags,
  RestartPolicy: choice('Always', 'Never', 'OnFailure'),
  Container: list(updatedContainer, 20),
  InitContainer: list(initContainer, 20),
  Volume: list(volume, 20),
  DnsConfig: group(dnsConfig),
  Cpu: decimal(),
  Memory: decimal(),
  ResourceGroupId: identifier,
};

/** The request of UpdateContainerGroup. */
export type UpdateContainerGroup = ReadMembers<typeof updateContainerGroup>;

const filters = {
  RegionId: regionId,
  ContainerGroupIds: jsonList(20),
  Tag: tagFilter,
  VSwitchId: identifier,
  ZoneId: identifier,
  ResourceGroupId: identifier,
  NextToken: text(),
};

/** DescribeContainerGroups. */
export const describeContainerGroups = {
  ...filters,
  Limit: integer(1, 20),
  ContainerGroupName: text(),
  Status: text(),
  SecurityGroupId: identifier,
  ComputeCategory: text(),
  WithEvent: flag(),
};

/** DescribeContainerGroupStatus. */
export const describeContainerGroupStatus = { ...filters, Limit: integer(1, 200), SinceSecond: integer(60, 3600) };

/** DescribeContainerGroupEvents. */
export const describeContainerGroupEvents = {
  ...describeContainerGroupStatus,
  EventSource: choice('', 'EciService', 'K8sAgent'),
};
