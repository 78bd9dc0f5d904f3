/**
 * ECI 2018-08-08 requests in wire form and answers in ours; what is special about each action stands here, what is regular
 * in `wire-params.ts`. Source: ECI API reference, one page per action.
 */
import type {
  ContainerGroup,
  ContainerGroupEvents,
  EciContainer,
  EciContainerState,
  EciEvent,
  ImageCache,
} from './eci-answers.ts';
import type {
  CreateContainerGroupRequest,
  CreateImageCacheRequest,
  Tag,
  UpdateContainerGroupRequest,
} from './eci-requests.ts';
import { present, type WireObject } from './wire-object.ts';
import { toWireParams } from './wire-params.ts';

export type WireParams = Readonly<Record<string, string>>;

/** Parameters of CreateContainerGroup. */
export function containerGroupParams(request: CreateContainerGroupRequest): WireParams {
  return toWireParams(request);
}

/** Parameters of UpdateContainerGroup. Headers of a postStart handler have a plural name here, and only here. */
export function updateParams(request: UpdateContainerGroupRequest & { regionId: string }): WireParams {
  const { container, ...others } = request;
  return toWireParams({
    ...others,
    ...(container === undefined
      ? {}
      : {
          container: container.map(({ lifecyclePostStartHandlerHttpGetHttpHeader: headers, ...rest }) => ({
            ...rest,
            ...(headers === undefined ? {} : { lifecyclePostStartHandlerHttpGetHttpHeaders: headers }),
          })),
        }),
  });
}

/** Parameters of CreateImageCache. */
export function imageCacheParams(request: CreateImageCacheRequest): WireParams {
  return toWireParams(request);
}

/** Parameters that the describe actions share. `ContainerGroupIds` is one JSON text, not a repeated parameter. */
export function describeParams(query: {
  regionId: string;
  containerGroupIds?: string[];
  imageCacheId?: string;
  matchImage?: string[];
  imageFullMatch?: boolean;
  imageMatchCountRequest?: number;
  tag?: Tag[];
  sinceSecond?: number;
  limit?: number;
  nextToken?: string;
  /** The newest 50 events of each group come along. */
  withEvent?: boolean;
  /** Of figures; `summary` is the only one there is. */
  metricType?: 'summary';
}): WireParams {
  const { containerGroupIds, nextToken, ...others } = query;
  return toWireParams({
    ...others,
    ...(containerGroupIds === undefined ? {} : { containerGroupIds: JSON.stringify(containerGroupIds) }),
    // An empty token means that there is no next page; sent back, it would start over.
    ...(nextToken === undefined || nextToken === '' ? {} : { nextToken }),
  });
}

/** A row of DescribeContainerGroups. @returns undefined for a row without an id. */
export function parseContainerGroup(raw: WireObject): ContainerGroup | undefined {
  const containerGroupId = raw.text('ContainerGroupId');
  if (containerGroupId === undefined || containerGroupId === '') return undefined;
  return {
    containerGroupId,
    ...present({
      containerGroupName: raw.text('ContainerGroupName'),
      status: raw.text('Status'),
      zoneId: raw.text('ZoneId'),
      vSwitchId: raw.text('VSwitchId'),
      vpcId: raw.text('VpcId'),
      securityGroupId: raw.text('SecurityGroupId'),
      eniInstanceId: raw.text('EniInstanceId'),
      intranetIp: raw.text('IntranetIp'),
      internetIp: raw.text('InternetIp'),
      ipv6Address: raw.text('Ipv6Address'),
      cpu: raw.number('Cpu'),
      memory: raw.number('Memory'),
      instanceType: raw.text('InstanceType'),
      computeCategory: raw.text('ComputeCategory'),
      creationTime: raw.text('CreationTime'),
      succeededTime: raw.text('SucceededTime'),
      failedTime: raw.text('FailedTime'),
    }),
    tags: parseTags(raw),
    containers: raw.objects('Containers').map(parseContainer),
    initContainers: raw.objects('InitContainers').map(parseContainer),
    events: raw.objects('Events').map(parseEvent),
  };
}

/** A row of DescribeContainerGroupEvents. @returns undefined for a row without an id. */
export function parseContainerGroupEvents(raw: WireObject): ContainerGroupEvents | undefined {
  const containerGroupId = raw.text('ContainerGroupId');
  if (containerGroupId === undefined || containerGroupId === '') return undefined;
  return { containerGroupId, events: raw.objects('Events').map(parseEvent) };
}

/** A row of DescribeImageCaches. @returns undefined for a row without an id. */
export function parseImageCache(raw: WireObject): ImageCache | undefined {
  const imageCacheId = raw.text('ImageCacheId');
  if (imageCacheId === undefined || imageCacheId === '') return undefined;
  return {
    imageCacheId,
    ...present({
      imageCacheName: raw.text('ImageCacheName'),
      status: raw.text('Status'),
      progress: raw.text('Progress'),
      imageCacheSize: raw.number('ImageCacheSize'),
      containerGroupId: raw.text('ContainerGroupId'),
      snapshotId: raw.text('SnapshotId'),
      creationTime: raw.text('CreationTime'),
      expireDateTime: raw.text('ExpireDateTime'),
    }),
    images: raw.texts('Images'),
    tags: parseTags(raw),
    events: raw.objects('Events').map(parseEvent),
  };
}

function parseContainer(raw: WireObject): EciContainer {
  const currentState = raw.object('CurrentState');
  const previousState = raw.object('PreviousState');
  return present({
    name: raw.text('Name'),
    image: raw.text('Image'),
    ready: raw.boolean('Ready'),
    restartCount: raw.number('RestartCount'),
    currentState: currentState === undefined ? undefined : parseState(currentState),
    previousState: previousState === undefined ? undefined : parseState(previousState),
  });
}

function parseState(raw: WireObject): EciContainerState {
  return present({
    state: raw.text('State'),
    reason: raw.text('Reason'),
    // What a container said at its end is its own, and stays as it is.
    message: raw.text('State') === 'Terminated' ? raw.text('Message') : raw.message('Message'),
    detailStatus: raw.text('DetailStatus'),
    exitCode: raw.number('ExitCode'),
    signal: raw.number('Signal'),
    startTime: raw.text('StartTime'),
    finishTime: raw.text('FinishTime'),
  });
}

function parseEvent(raw: WireObject): EciEvent {
  return present({
    type: raw.text('Type'),
    reason: raw.text('Reason'),
    message: raw.message('Message'),
    name: raw.text('Name'),
    count: raw.number('Count'),
    firstTimestamp: raw.text('FirstTimestamp'),
    lastTimestamp: raw.text('LastTimestamp'),
  });
}

function parseTags(raw: WireObject): Tag[] {
  return raw.objects('Tags').map((tag) => ({ key: tag.text('Key') ?? '', value: tag.text('Value') ?? '' }));
}
