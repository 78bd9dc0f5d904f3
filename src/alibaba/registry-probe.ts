import type { LookupFunction } from 'node:net';
import type { RegistryProbePort } from '../credentials/types.ts';
import type { CloudCaller } from './call.ts';
import { parseEndpoint } from './endpoints.ts';
import { createPublicLookup } from './public-lookup.ts';
import { parseRegistryChallenge } from './registry-challenge.ts';

const DEADLINE_MS = 5_000;
/** Two, because the host comes from a Pod: it gets no more of our time than that. */
const MAX_ATTEMPTS = 2;
/** The answer is a header; bodies are not read. */
const MAX_HEADER_BYTES = 16_384;

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/**
 * A DNS name of two labels or more, at the only port that registries of this vendor have. The last label is a word: URL parsers
 * take `2130706433`, `127.1` and `0x7f.1` for addresses.
 */
const registryHost = new RegExp(`^(?=.{1,253}(?::|$))(?:${LABEL}\\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?(?::443)?$`);
/** Names that only mean something inside the machine or the cluster. */
const localName = /\.(?:localhost|local|internal)(?::443)?$/;

export interface RegistryProbeOptions {
  call: CloudCaller;
  /** `host[:port]` or URL that is asked in place of every registry, with the registry's name in the `Host` header. For simulators. */
  endpoint?: string;
  /** Finds the address of a registry; `createPublicLookup` when absent. */
  lookup?: LookupFunction;
}

/**
 * Creates the probe: one `GET /v2/` without credentials, over TLS, that follows no redirect.
 *
 * The answer is the host's own word. It shows a mistyped instance or region; it cannot show that a host is honest, because
 * anybody can serve anybody's challenge.
 */
export function createRegistryProbe({
  call,
  endpoint,
  lookup = createPublicLookup(),
}: RegistryProbeOptions): RegistryProbePort {
  const override = endpoint === undefined ? undefined : parseEndpoint(endpoint);
  return {
    async challenge(host) {
      const name = host.toLowerCase();
      if (!registryHost.test(name) || localName.test(name)) return undefined;
      const header = await call.call({
        service: 'registry',
        action: 'GetChallenge',
        priority: 'create',
        deadlineMs: DEADLINE_MS,
        maxAttempts: MAX_ATTEMPTS,
        send: ({ signal }) => {
          if (override === undefined) return readChallenge({ origin: `https://${name}`, host: name, signal, lookup });
          return readChallenge({ origin: `${override.protocol}://${override.host}`, host: name, signal });
        },
      });
      return header === undefined ? undefined : parseRegistryChallenge(header);
    },
  };
}

async function readChallenge(request: {
  origin: string;
  host: string;
  signal: AbortSignal;
  lookup?: LookupFunction;
}): Promise<string | undefined> {
  // Default import: inside a bundle a CommonJS package has no other.
  const { default: undici } = await import('undici');
  // A client of its own: the host is not one that deserves a place in a pool.
  const client = new undici.Client(request.origin, {
    maxHeaderSize: MAX_HEADER_BYTES,
    pipelining: 0,
    ...(request.lookup === undefined ? {} : { connect: { lookup: request.lookup } }),
  });
  try {
    const { statusCode, headers } = await client.request({
      path: '/v2/',
      method: 'GET',
      headers: { host: request.host, accept: 'application/json' },
      signal: request.signal,
    });
    const challenge = headers['www-authenticate'];
    if (statusCode !== 401) return undefined;
    // More than one challenge: the first that is ACR-shaped would do, but a registry sends one.
    return typeof challenge === 'string' ? challenge : challenge?.[0];
  } finally {
    await client.destroy();
  }
}
