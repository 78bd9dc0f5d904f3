/**
 * Security Token Service 2015-04-01. AssumeRoleWithOIDC deviates from the vendor's client, which puts the service account
 * token into the URL: here it travels in the body, where neither access logs nor network errors repeat it.
 * Source: STS API reference, AssumeRole, AssumeRoleWithOIDC, GetCallerIdentity.
 */
import { toRfc3339, type Clock } from '../clock.ts';
import type { AccessKey, StsPort } from '../credentials/types.ts';
import { Secret } from '../secret.ts';
import { noLog, type Logger } from '../telemetry/types.ts';
import type { CloudCaller } from './call.ts';
import { stsEndpoint } from './endpoints.ts';
import { missingMember } from './missing-member.ts';
import { createServiceAddress, type ServiceEndpointOptions } from './service-address.ts';
import { createSdkTransport, type SdkClientClass, type SdkRequest } from './sdk-transport.ts';
import { WireObject } from './wire-object.ts';
import { toWireParams } from './wire-params.ts';

const VERSION = '2015-04-01';

/** Who a key belongs to, in the words of STS. */
export interface CallerIdentity {
  /** `Account`, `RAMUser` or `AssumedRoleUser`. */
  identityType: string;
  /** For sessions `acs:ram::<account>:assumed-role/<role>/<session>`. */
  arn: string;
  accountId: string;
}

export interface OidcRequest {
  roleArn: string;
  oidcProviderArn: string;
  /** The service account token, without surrounding white space. */
  token: Secret;
  sessionName: string;
  /** At least 900. */
  durationSeconds: number;
}

/** The port of the chains, and what the component's own identity and `check` need besides. */
export interface StsClient extends StsPort {
  /** Exchanges a service account token for a session; not signed. @throws AlibabaCloudError `AuthenticationFail.*`. */
  assumeRoleWithOidc(request: OidcRequest): Promise<AccessKey>;
  /** Needs no permission at all. */
  getCallerIdentity(caller: AccessKey): Promise<CallerIdentity>;
}

export interface StsClientOptions {
  call: CloudCaller;
  clock: Clock;
  regionId: string;
  endpoint?: ServiceEndpointOptions;
  /** Told where an address cannot be reached. Default: nobody. */
  log?: Logger;
  userAgent: string;
  /** Ends the waiting of calls that were not sent yet; those under way are left to finish. */
  signal?: AbortSignal;
}

/** Creates the STS client. Nothing is imported or sent before the first call. @throws EciKubeletError `InvalidEndpoint`. */
export function createStsClient(options: StsClientOptions): StsClient {
  const { call, clock, regionId, userAgent, signal, log = noLog } = options;
  const { override } = options.endpoint ?? {};
  // A wrong address or region shows at once, not at the first call.
  stsEndpoint(regionId, override === undefined ? {} : { override });
  const address = createServiceAddress({ endpointOf: stsEndpoint, options: options.endpoint, clock, log });
  const transport = createSdkTransport({ load: loadClient, userAgent });

  async function send(
    request: { action: string; caller?: AccessKey; secrets?: Secret[] } & Pick<SdkRequest, 'query' | 'form'>,
  ) {
    const { action, caller, secrets = [], ...parameters } = request;
    const body = await call.call({
      service: 'sts',
      action,
      // A chain stands between a Pod and its creation.
      priority: 'create',
      secrets,
      ...(signal === undefined ? {} : { waitSignal: signal }),
      ...(caller === undefined ? {} : { caller }),
      send: (attempt) =>
        address.attempt({ action, regionId }, attempt, (endpoint, timeoutMs) =>
          transport.send(
            { action, version: VERSION, style: 'RPC', method: 'POST', pathname: '/', ...parameters },
            { endpoint, caller: attempt.caller, timeoutMs },
          ),
        ),
    });
    return new WireObject(body);
  }

  return {
    async assumeRole({ caller, roleArn, sessionName: roleSessionName, durationSeconds, policy }) {
      const action = 'AssumeRole';
      const query = toWireParams({ roleArn, roleSessionName, durationSeconds, policy });
      return sessionOf(action, await send({ action, caller, query }));
    },
    async assumeRoleWithOidc({ roleArn, oidcProviderArn, token, sessionName, durationSeconds }) {
      const action = 'AssumeRoleWithOIDC';
      const answer = await send({
        action,
        secrets: [token],
        // Unsigned calls are served by the older gateway, which looks for these in the query.
        query: { Action: action, Version: VERSION, Timestamp: toRfc3339(clock.nowMs()) },
        form: {
          RoleArn: roleArn,
          OIDCProviderArn: oidcProviderArn,
          OIDCToken: token.reveal(),
          RoleSessionName: sessionName,
          DurationSeconds: String(durationSeconds),
        },
      });
      return sessionOf(action, answer);
    },
    async getCallerIdentity(caller) {
      const answer = await send({ action: 'GetCallerIdentity', caller });
      return {
        identityType: answer.text('IdentityType') ?? '',
        arn: answer.text('Arn') ?? '',
        accountId: answer.text('AccountId') ?? '',
      };
    },
  };
}

async function loadClient(): Promise<SdkClientClass> {
  const { default: sdk } = await import('@alicloud/sts20150401');
  return sdk.default as unknown as SdkClientClass;
}

function sessionOf(action: string, answer: WireObject): AccessKey {
  const credentials = answer.object('Credentials');
  const accessKeyId = credentials?.text('AccessKeyId');
  const accessKeySecret = credentials?.text('AccessKeySecret');
  const securityToken = credentials?.text('SecurityToken');
  const expiresAtMs = Date.parse(credentials?.text('Expiration') ?? '');
  if (!accessKeyId || !accessKeySecret || !securityToken || Number.isNaN(expiresAtMs)) {
    throw missingMember(action, 'complete set of credentials', answer.text('RequestId'));
  }
  return {
    accessKeyId,
    accessKeySecret: new Secret(accessKeySecret),
    securityToken: new Secret(securityToken),
    expiresAtMs,
  };
}
