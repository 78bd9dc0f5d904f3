/**
 * Container Registry: 2018-12-01 (RPC, Enterprise Edition) and 2016-06-07 (ROA, Personal Edition) through the generic client,
 * because the generated package of the first is not published and that of the second drops the token.
 * Source: Container Registry API reference, GetAuthorizationToken, ListInstance, ListInstanceEndpoint.
 */
import type { Clock } from '../clock.ts';
import type { AccessKey, CrInstance, CrPort, RegistryPassword } from '../credentials/types.ts';
import { Secret } from '../secret.ts';
import { noLog, type Logger } from '../telemetry/types.ts';
import type { CloudCaller } from './call.ts';
import { crEndpoint } from './endpoints.ts';
import { missingMember } from './missing-member.ts';
import { createServiceAddress, type ServiceEndpointOptions } from './service-address.ts';
import { createSdkTransport, type SdkClientClass, type SdkRequest } from './sdk-transport.ts';
import { WireObject } from './wire-object.ts';

const PAGE_SIZE = 100;
/** A bound on paging: 10,000 instances are more than any account has. */
const MAX_PAGES = 100;
/** What is later is no date, and cannot be written as one. Source: ECMA-262, time values. */
const LAST_DATE_MS = 8.64e15;

export interface CrClientOptions {
  call: CloudCaller;
  clock: Clock;
  endpoint?: ServiceEndpointOptions;
  /** Told where an address cannot be reached. Default: nobody. */
  log?: Logger;
  userAgent: string;
  /** Ends the waiting of calls that were not sent yet; those under way are left to finish. */
  signal?: AbortSignal;
}

interface Target {
  caller: AccessKey;
  regionId: string;
}

/** Creates the Container Registry client for all regions. Nothing is imported or sent before the first call. */
export function createCrClient(options: CrClientOptions): CrPort {
  const { call, clock, endpoint: endpointOptions, userAgent, signal, log = noLog } = options;
  const address = createServiceAddress({ endpointOf: crEndpoint, options: endpointOptions, clock, log });
  const transport = createSdkTransport({ load: loadClient, userAgent });
  const oneAddress = endpointOptions?.override !== undefined && !endpointOptions.override.includes('{region}');

  async function send({ caller, regionId }: Target, plain: SdkRequest): Promise<WireObject> {
    // The service learns the region from its host name. One address for all regions, such as a simulator, cannot tell.
    const request = oneAddress ? { ...plain, headers: { 'x-acs-region-id': regionId } } : plain;
    return await call.call({
      service: 'cr',
      action: request.action,
      priority: 'create',
      caller,
      ...(signal === undefined ? {} : { waitSignal: signal }),
      send: (attempt) =>
        address.attempt({ action: request.action, regionId }, attempt, async (endpoint, timeoutMs) => {
          const body = await transport.send(request, { endpoint, caller: attempt.caller, timeoutMs });
          const answer = new WireObject(body);
          // A refusal may come with HTTP 200. It is thrown in here, so that it is counted and retried like any other.
          if (answer.boolean('IsSuccess') === false) throw unsuccessful(body);
          return answer;
        }),
    });
  }

  async function sendRpc(target: Target, action: string, query: Readonly<Record<string, string>>): Promise<WireObject> {
    return await send(target, { action, version: '2018-12-01', style: 'RPC', method: 'POST', pathname: '/', query });
  }

  return {
    async instancePassword({ instanceId, ...target }) {
      const action = 'GetAuthorizationToken';
      const answer = await sendRpc(target, action, { InstanceId: instanceId });
      return passwordOf(action, answer, {
        userName: answer.text('TempUsername'),
        password: answer.text('AuthorizationToken'),
        expiresAtMs: answer.number('ExpireTime'),
      });
    },
    async personalPassword(target) {
      const action = 'GetAuthorizationToken';
      const answer = await send(target, {
        action,
        version: '2016-06-07',
        style: 'ROA',
        method: 'GET',
        pathname: '/tokens',
      });
      const data = answer.object('data');
      return passwordOf(action, answer, {
        userName: data?.text('tempUserName'),
        password: data?.text('authorizationToken'),
        expiresAtMs: data?.number('expireDate'),
      });
    },
    async findInstances({ instanceName, ...target }) {
      const found: CrInstance[] = [];
      let seen = 0;
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const answer = await sendRpc(target, 'ListInstance', {
          InstanceName: instanceName,
          PageNo: String(page),
          PageSize: String(PAGE_SIZE),
        });
        const rows = answer.objects('Instances');
        seen += rows.length;
        // The filter of the service is deprecated and need not be exact.
        found.push(...rows.filter((row) => row.text('InstanceName') === instanceName).flatMap(instanceOf));
        if (rows.length === 0 || seen >= (answer.number('TotalCount') ?? 0)) break;
      }
      return found;
    },
    async instanceDomains({ instanceId, ...target }) {
      const action = 'ListInstanceEndpoint';
      const query = { InstanceId: instanceId, ModuleName: 'Registry', Summary: 'true' };
      const answer = await sendRpc(target, action, query);
      // A stranger's JSON must not pass for an instance without any name.
      if (answer.boolean('IsSuccess') !== true && !Array.isArray(answer.member('Endpoints'))) {
        throw missingMember(action, 'list of endpoints', answer.text('RequestId', 'requestId'));
      }
      // Endpoints that are closed count as well: opening one must not need a renewal before pulls work.
      return answer
        .objects('Endpoints')
        .flatMap((endpoint) => endpoint.objects('Domains'))
        .flatMap((row) => {
          const domain = row.text('Domain')?.toLowerCase();
          return domain === undefined
            ? []
            : [{ domain, type: row.text('Type') === 'USER' ? 'USER' : 'SYSTEM' } as const];
        });
    },
  };
}

async function loadClient(): Promise<SdkClientClass> {
  const { default: sdk } = await import('@alicloud/openapi-core');
  return sdk.default as unknown as SdkClientClass;
}

/** In the shape that the SDKs give to refusals with a status of their own, so that both are translated alike. */
function unsuccessful(body: object): Error {
  return Object.assign(new Error('IsSuccess is false'), { data: body, statusCode: 200 });
}

function passwordOf(
  action: string,
  answer: WireObject,
  {
    userName,
    password,
    expiresAtMs,
  }: { userName?: string | undefined; password?: string | undefined; expiresAtMs?: number | undefined },
): RegistryPassword {
  if (!userName || !password || !expiresAtMs || Math.abs(expiresAtMs) > LAST_DATE_MS) {
    throw missingMember(action, 'user name, token and expiry', answer.text('RequestId', 'requestId'));
  }
  return { userName, password: new Secret(password), expiresAtMs };
}

function instanceOf(row: WireObject): CrInstance[] {
  const instanceId = row.text('InstanceId');
  const instanceStatus = row.text('InstanceStatus');
  if (instanceId === undefined) return [];
  return [
    {
      instanceId,
      instanceName: row.text('InstanceName') ?? '',
      ...(instanceStatus === undefined ? {} : { instanceStatus }),
    },
  ];
}
