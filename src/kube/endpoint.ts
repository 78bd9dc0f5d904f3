import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../clock.ts';
import { KubeConfigError } from './kube-config.ts';
import type { LoadedKubeConfig } from './kube-config.ts';

/** What the TLS handshake needs; `id` changes exactly when any of it does. */
export interface TlsMaterial {
  readonly id: string;
  readonly ca: Pem | undefined;
  readonly cert: Pem | undefined;
  readonly key: Pem | undefined;
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean;
  readonly proxyUrl: string | undefined;
}

type Pem = string | Buffer;

/** The API server as it is to be called right now. */
export interface Endpoint {
  /** Without trailing slash; may have a path of its own. */
  readonly baseUrl: string;
  /** Authorization and impersonation. Never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** Keeps the endpoint current while tokens, certificates and files rotate. */
export interface EndpointSource {
  current(): Promise<Endpoint>;
  /**
   * Reads the kubeconfig again after the server refused `refused`; many callers at once cause one reading.
   * @returns what to try instead, or undefined when there is nothing newer.
   */
  renew(refused: Endpoint): Promise<Endpoint | undefined>;
}

/** How stale a rotated file may get before it is noticed without a 401. Shorter costs synchronous file reads per call. */
const freshForMs = 10_000;

/** With credentials that are refused for good, every call would otherwise read files or start an exec plugin. */
const renewAtMostEveryMs = 5_000;

/** Creates the source of connection settings for one kubeconfig. */
export function createEndpointSource(options: { loaded: LoadedKubeConfig; clock: Clock }): EndpointSource {
  const { clock } = options;
  let loaded = options.loaded;
  let cached: { endpoint: Endpoint; readAtMs: number } | undefined;
  let reading: Promise<Endpoint> | undefined;
  let renewedAtMs = Number.NEGATIVE_INFINITY;

  const read = (): Promise<Endpoint> => {
    reading ??= resolveEndpoint(loaded.kubeConfig)
      .then((endpoint) => {
        cached = { endpoint, readAtMs: clock.nowMs() };
        return endpoint;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const current = async (): Promise<Endpoint> => {
    const ageMs = cached === undefined ? Infinity : Math.abs(clock.nowMs() - cached.readAtMs);
    return cached !== undefined && ageMs < freshForMs ? cached.endpoint : read();
  };

  let renewing: Promise<void> | undefined;
  const reload = async (): Promise<void> => {
    loaded = await loaded.reload();
    cached = undefined;
    await read();
  };
  return {
    current,
    async renew(refused) {
      if (cached !== undefined && cached.endpoint !== refused && !sameCredentials(cached.endpoint, refused)) {
        return cached.endpoint;
      }
      if (renewing === undefined) {
        if (Math.abs(clock.nowMs() - renewedAtMs) < renewAtMostEveryMs) return undefined;
        renewedAtMs = clock.nowMs();
        renewing = reload().finally(() => {
          renewing = undefined;
        });
      }
      await renewing;
      return current();
    },
  };
}

function sameCredentials(one: Endpoint, other: Endpoint): boolean {
  return one.tls.id === other.tls.id && one.headers['authorization'] === other.headers['authorization'];
}

async function resolveEndpoint(kubeConfig: KubeConfig): Promise<Endpoint> {
  const options: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(options).catch((error: unknown) => {
    throw credentialsUnavailable(error);
  });
  const cluster = kubeConfig.getCurrentCluster();
  const baseUrl = (cluster?.server ?? '').replace(/\/+$/, '');
  const material = {
    ca: pem(options.ca),
    cert: pem(options.cert),
    key: pem(options.key),
    servername: options.servername,
    rejectUnauthorized: options.rejectUnauthorized ?? true,
    proxyUrl: cluster?.proxyUrl,
  };
  return { baseUrl, headers: requestHeaders(options, baseUrl), tls: { id: hash(material), ...material } };
}

/** The original is not kept: a JSON parser quotes what the exec plugin printed, which is a credential. */
function credentialsUnavailable(error: unknown): KubeConfigError {
  const said = error instanceof Error && !(error instanceof SyntaxError) ? error.message.split('\n', 1)[0] : 'no JSON';
  const message = `the kubeconfig's credentials cannot be obtained (${said?.slice(0, 200)}); check its files and exec plugin`;
  return new KubeConfigError('KubeConfig.Credentials', message);
}

/** Plain HTTP carries no credentials, except to this machine, where `kubectl proxy` and tests listen. */
function requestHeaders(options: RequestOptions, baseUrl: string): Record<string, string> {
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // Token files usually end with a newline, which no header may contain.
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function pem(value: RequestOptions['ca'] | RequestOptions['key']): Pem | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;
}

function hash(material: Omit<TlsMaterial, 'id'>): string {
  const sum = createHash('sha256');
  for (const part of Object.values(material)) sum.update(part === undefined ? '-' : String(part)).update('\0');
  return sum.digest('hex');
}
