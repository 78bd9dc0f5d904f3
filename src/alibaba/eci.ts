import type { Identity } from '../credentials/types.ts';
import { Secret } from '../secret.ts';
import type { CallPriority } from './call-priority.ts';
import type { CloudCaller } from './call.ts';
import type { Page } from './eci-answers.ts';
import type { EciClient } from './eci-client.ts';
import { parseContainerGroupStatus } from './eci-status-wire.ts';
import {
  containerGroupParams,
  describeParams,
  imageCacheParams,
  parseContainerGroup,
  parseContainerGroupEvents,
  parseImageCache,
  updateParams,
} from './eci-wire.ts';
import type { WireParams } from './eci-wire.ts';
import { parseContainerGroupUsage } from './eci-usage-wire.ts';
import { eciEndpoint, type EndpointOptions } from './endpoints.ts';
import { isNotFound, isNothingToUpdate } from './error-classes.ts';
import { missingMember } from './missing-member.ts';
import { createSdkTransport, type SdkClientClass } from './sdk-transport.ts';
import { WireObject } from './wire-object.ts';
import { secretsIn, toWireParams } from './wire-params.ts';

const VERSION = '2018-08-08';

export interface EciClientOptions {
  call: CloudCaller;
  identity: Identity;
  regionId: string;
  endpoint?: EndpointOptions;
  userAgent: string;
  /**
   * `query` is what every SDK of the vendor does; `form` moves the parameters into the body, for gateways that refuse long
   * URLs. Both carry the same names and a valid signature.
   */
  parameters?: 'query' | 'form';
  /** Ends the waiting of calls that were not sent yet; those under way are left to finish. */
  signal?: AbortSignal;
}

/** Creates the ECI client. Nothing is imported or sent before the first call. @throws EciKubeletError `InvalidEndpoint`. */
export function createEciClient(options: EciClientOptions): EciClient {
  const { call, identity, regionId, userAgent, signal, parameters = 'query' } = options;
  const endpoint = eciEndpoint(regionId, options.endpoint);
  const transport = createSdkTransport({ load: loadClient, userAgent });

  async function send(
    action: string,
    params: WireParams,
    extra: { priority: CallPriority; request?: object; waitSignal?: AbortSignal },
  ): Promise<WireObject> {
    const waitSignal = eitherSignal(signal, extra.waitSignal);
    const body = await call.call({
      service: 'eci',
      action,
      priority: extra.priority,
      identity,
      secrets: secretsIn(extra.request),
      ...(waitSignal === undefined ? {} : { waitSignal }),
      send: ({ caller, timeoutMs }) => {
        const where = parameters === 'form' ? { form: params } : { query: params };
        const request = { action, version: VERSION, style: 'RPC', method: 'POST', pathname: '/', ...where } as const;
        return transport.send(request, { endpoint, caller, timeoutMs });
      },
    });
    return new WireObject(body);
  }

  async function remove(action: string, request: object): Promise<void> {
    try {
      await send(action, toWireParams({ regionId, ...request }), { priority: 'delete' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  return {
    async createContainerGroup(request) {
      const action = 'CreateContainerGroup';
      const answer = await send(action, containerGroupParams(request), { priority: 'create', request });
      return { containerGroupId: idOf(answer, 'ContainerGroupId', action), requestId: answer.text('RequestId') ?? '' };
    },
    deleteContainerGroup: (request) => remove('DeleteContainerGroup', request),
    async updateContainerGroup(request) {
      try {
        const params = updateParams({ ...request, regionId });
        const answer = await send('UpdateContainerGroup', params, { priority: 'create', request });
        const requestId = answer.text('RequestId');
        return { changed: true, ...(requestId === undefined ? {} : { requestId }) };
      } catch (error) {
        if (!isNothingToUpdate(error)) throw error;
        return { changed: false };
      }
    },
    async describeContainerGroups(query) {
      const params = describeParams({ ...query, regionId, withEvent: true });
      const answer = await send('DescribeContainerGroups', params, { priority: priorityOf(query) });
      return pageOf(answer, { action: 'DescribeContainerGroups', list: 'ContainerGroups' }, parseContainerGroup);
    },
    async describeContainerGroupStatus(query) {
      const params = describeParams({ ...query, regionId });
      const answer = await send('DescribeContainerGroupStatus', params, { priority: priorityOf(query) });
      return pageOf(answer, { action: 'DescribeContainerGroupStatus', list: 'Data' }, parseContainerGroupStatus);
    },
    async describeContainerGroupEvents(query) {
      const action = 'DescribeContainerGroupEvents';
      const answer = await send(action, describeParams({ ...query, regionId }), { priority: 'events' });
      return pageOf(answer, { action, list: 'Data' }, parseContainerGroupEvents).items;
    },
    async describeContainerLog(query, { priority = 'interactive', waitSignal } = {}) {
      const action = 'DescribeContainerLog';
      const extra = { priority, ...(waitSignal === undefined ? {} : { waitSignal }) };
      const answer = await send(action, toWireParams({ regionId, ...query }), extra);
      // An empty log comes without the member.
      return { content: answer.text('Content') ?? '' };
    },
    async execContainerCommand({ containerGroupId, containerName, command, tty, stdin }, { waitSignal } = {}) {
      const action = 'ExecContainerCommand';
      const words = JSON.stringify(command);
      const params = toWireParams({ regionId, containerGroupId, containerName, command: words, TTY: tty, stdin });
      const extra = { priority: 'interactive', ...(waitSignal === undefined ? {} : { waitSignal }) } as const;
      const answer = await send(action, params, extra);
      return { webSocketUri: new Secret(idOf(answer, 'WebSocketUri', action)) };
    },
    async describeMultiContainerGroupMetric({ containerGroupIds }) {
      const params = describeParams({ regionId, containerGroupIds, metricType: 'summary' });
      const answer = await send('DescribeMultiContainerGroupMetric', params, { priority: 'metrics' });
      return answer.objects('MonitorDatas').flatMap((row) => parseContainerGroupUsage(row) ?? []);
    },
    async listUsage() {
      const answer = await send('ListUsage', toWireParams({ regionId }), { priority: 'sweep' });
      const attributes = answer.object('Attributes');
      const usedCpu = attributes?.number('UsedCpu');
      const maxCpu = attributes?.number('MaxCpu');
      return { ...(usedCpu === undefined ? {} : { usedCpu }), ...(maxCpu === undefined ? {} : { maxCpu }) };
    },
    async createImageCache(request) {
      const action = 'CreateImageCache';
      const answer = await send(action, imageCacheParams(request), { priority: 'create', request });
      const containerGroupId = answer.text('ContainerGroupId');
      return {
        imageCacheId: idOf(answer, 'ImageCacheId', action),
        requestId: answer.text('RequestId') ?? '',
        ...(containerGroupId === undefined ? {} : { containerGroupId }),
      };
    },
    deleteImageCache: (request) => remove('DeleteImageCache', request),
    async describeImageCaches(query) {
      const isQuestion = query.imageCacheId !== undefined || query.matchImage !== undefined;
      const priority = isQuestion ? 'by-id' : 'sweep';
      const answer = await send('DescribeImageCaches', describeParams({ ...query, regionId }), { priority });
      return pageOf(answer, { action: 'DescribeImageCaches', list: 'ImageCaches' }, parseImageCache);
    },
  };
}

async function loadClient(): Promise<SdkClientClass> {
  const { default: sdk } = await import('@alicloud/eci20180808');
  return sdk.default as unknown as SdkClientClass;
}

/** A delta poll feeds statuses, a look-up by id answers a question, anything else is a sweep. */
function priorityOf(query: { sinceSecond?: number; containerGroupIds?: string[] }): CallPriority {
  if (query.sinceSecond !== undefined) return 'delta';
  return query.containerGroupIds === undefined ? 'sweep' : 'by-id';
}

/** A creation without an id may have taken effect: reported as such, so that the resource is looked up by its tags. */
function idOf(answer: WireObject, name: string, action: string): string {
  const id = answer.text(name);
  if (id !== undefined && id !== '') return id;
  throw missingMember(action, name, answer.text('RequestId'));
}

/** A missing list is an empty one, but only in an answer that is the service's: absence of groups has consequences. */
function pageOf<T>(
  answer: WireObject,
  { action, list }: { action: string; list: string },
  parse: (row: WireObject) => T | undefined,
): Page<T> {
  const nextToken = answer.text('NextToken');
  const requestId = answer.text('RequestId');
  if (requestId === undefined && answer.member(list) === undefined) throw missingMember(action, list);
  return {
    items: answer.objects(list).flatMap((row) => parse(row) ?? []),
    ...(nextToken === undefined || nextToken === '' ? {} : { nextToken }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function eitherSignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}
