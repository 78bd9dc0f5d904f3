import type { Dispatcher } from 'undici';
import type { TlsMaterial } from './endpoint.ts';
import { KubeConfigError } from './kube-config.ts';

/** `watch` connections have no limit on silence; the watch itself has a deadline without bytes. */
export type DispatcherPurpose = 'call' | 'watch';

/** Pooled connections, shared by all calls with the same TLS material. */
export interface Dispatchers {
  get(tls: TlsMaterial, purpose: DispatcherPurpose): Promise<Dispatcher>;
  /** Ends idle connections now and busy ones when they are done. */
  close(): Promise<void>;
}

/** Below the 60 s after which common load balancers drop an idle connection without a word. */
const keepAliveTimeoutMs = 30_000;

/** Keeps a herd of first calls from opening a connection each. */
const maxConnections = 64;

/**
 * Creates the pools lazily; when TLS material was rotated the pool of the old one is closed, letting its calls finish.
 *
 * HTTP/2 stays off: one dead session would stall every watch at once.
 * Observed: a new `Agent` for each call, as the generated client makes it, halves the throughput and leaves a thousand
 * open descriptors at 64 parallel calls.
 */
export function createDispatchers(): Dispatchers {
  const pools = new Map<DispatcherPurpose, { id: string; dispatcher: Promise<Dispatcher> }>();
  return {
    get(tls, purpose) {
      const pool = pools.get(purpose);
      if (pool?.id === tls.id) return pool.dispatcher;
      if (pool !== undefined) void closeQuietly(pool.dispatcher);
      const dispatcher = createDispatcher(tls, purpose);
      pools.set(purpose, { id: tls.id, dispatcher });
      return dispatcher;
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => closeQuietly(pool.dispatcher)));
    },
  };
}

async function createDispatcher(tls: TlsMaterial, purpose: DispatcherPurpose): Promise<Dispatcher> {
  // Default import: inside a bundle a CommonJS package has no other.
  const { default: undici } = await import('undici');
  const requestTls = {
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  };
  const options = {
    allowH2: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: 30_000,
    bodyTimeout: purpose === 'watch' ? 0 : 30_000,
    connections: purpose === 'watch' ? null : maxConnections,
  };
  if (tls.proxyUrl === undefined) {
    return new undici.Agent({ ...options, connect: { ...requestTls, keepAlive: true, keepAliveInitialDelay: 30_000 } });
  }
  if (!/^https?:/.test(tls.proxyUrl)) {
    const message = 'proxy-url of the kubeconfig has a scheme other than http and https; only those are supported';
    throw new KubeConfigError('KubeConfig.Proxy', message);
  }
  return new undici.ProxyAgent({ ...options, uri: tls.proxyUrl, requestTls });
}

async function closeQuietly(dispatcher: Promise<Dispatcher>): Promise<void> {
  // A pool that could not be created, or is closed already, needs no closing.
  await dispatcher.then((open) => open.close()).catch(() => undefined);
}
