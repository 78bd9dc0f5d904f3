/**
 * One request through the generic `callApi` of a generated client. Both generations of the SDK have it; it signs with
 * ACS3-HMAC-SHA256 and, unlike the typed methods, neither drops unknown members nor fails on unexpected shapes.
 */
import type { AccessKey } from '../credentials/types.ts';
import { EciKubeletError } from '../errors.ts';
import type { Endpoint } from './endpoints.ts';
import { isObject } from './untyped.ts';

/** A request in terms of the protocol. Source: V3 request and signature documentation. */
export interface SdkRequest {
  action: string;
  version: string;
  style: 'RPC' | 'ROA';
  method: 'GET' | 'POST';
  pathname: string;
  query?: Readonly<Record<string, string>>;
  /** Besides those of the protocol; names in lower case. Those that begin with `x-acs-` are signed. */
  headers?: Readonly<Record<string, string>>;
  /** Sent as a form in the body; needed where the query would hold secrets or grow beyond what gateways take. */
  form?: Readonly<Record<string, string>>;
}

export interface SdkSendOptions {
  endpoint: Endpoint;
  /** Absent: the request is not signed. */
  caller: AccessKey | undefined;
  timeoutMs: number;
}

export interface SdkTransport {
  /** @returns the JSON object of the answer, untouched. @throws what the SDK throws, unscrubbed: only inside the call wrapper. */
  send(request: SdkRequest, options: SdkSendOptions): Promise<Readonly<Record<string, unknown>>>;
}

/** What is used of a generated client, in either generation. */
export interface SdkClient {
  callApi(params: object, request: object, runtime: object): Promise<unknown>;
}

export type SdkClientClass = new (config: object) => SdkClient;

export interface SdkTransportOptions {
  /** Imports the client class when it is first needed: the SDKs take a tenth of a second and tens of megabytes. */
  load: () => Promise<SdkClientClass>;
  /** Product and version, added to what the SDK says of itself. */
  userAgent: string;
}

/** Creates a transport over one generated client. */
export function createSdkTransport({ load, userAgent }: SdkTransportOptions): SdkTransport {
  return {
    async send(request, { endpoint, caller, timeoutMs }) {
      const Client = await load();
      // A client per request: making one takes 10 µs, and a configuration object shared between keys would mix them up.
      const client = new Client({
        endpoint: endpoint.host,
        protocol: endpoint.protocol,
        userAgent,
        // Equal, because the connect timer also ends connections that are merely quiet.
        readTimeout: timeoutMs,
        connectTimeout: timeoutMs,
        ...signer(caller),
      });
      const params = {
        action: request.action,
        version: request.version,
        style: request.style,
        protocol: endpoint.protocol,
        method: request.method,
        pathname: request.pathname,
        authType: caller === undefined ? 'Anonymous' : 'AK',
        reqBodyType: request.style === 'ROA' ? 'json' : 'formData',
        bodyType: 'json',
      };
      const answer = await client.callApi(
        params,
        {
          query: { ...request.query },
          headers: { ...request.headers },
          ...(request.form === undefined ? {} : { body: { ...request.form } }),
        },
        {},
      );
      const body = isObject(answer) ? answer['body'] : undefined;
      // Handled like the HTML pages on which the SDK itself fails.
      if (!isObject(body)) throw new SyntaxError('The answer has no JSON object');
      return body;
    },
  };
}

function signer(caller: AccessKey | undefined): Record<string, string> {
  if (caller === undefined) return {};
  const accessKeySecret = caller.accessKeySecret.reveal();
  // Given empty strings, the credentials library would take whatever key the environment holds.
  if (caller.accessKeyId === '' || accessKeySecret === '') {
    throw new EciKubeletError('EmptyAccessKey', 'The access key has an empty id or secret');
  }
  const securityToken = caller.securityToken?.reveal();
  return {
    accessKeyId: caller.accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
  };
}
