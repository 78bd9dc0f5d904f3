import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { isNotFound } from './errors.ts';
import type { ObjectReference } from './object-reference.ts';
import { referencePath } from './reference-path.ts';
import type { ConfigMap, KubeClient, KubeObject, KubeSecret, ServiceAccount } from './types.ts';

/** Long enough for a burst of Pods to share one read, short enough that nobody waits for a correction. */
const TTL_MS = 30_000;

/** Somebody may be creating the missing object right now; a burst of Pods still shares one read. */
const ABSENT_TTL_MS = 2000;

/** Objects remembered. They are read on demand: watching all of them would need permission to list every Secret. */
const MAX_OBJECTS = 1000;

/** Characters remembered, all objects together. A Secret may have a million, and anybody with a namespace may create many. */
const MAX_CHARACTERS = 16_000_000;
/** What an object costs besides its data. */
const OBJECT_OVERHEAD = 1000;

/** Reads of single objects by name, shared by concurrent callers and remembered for half a minute. */
export interface CachedReads {
  /** @returns undefined when it does not exist. @throws KubeApiError for every other failure. */
  secret(namespace: string, name: string): Promise<KubeSecret | undefined>;
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  namespace(name: string): Promise<KubeObject | undefined>;
  /** Makes the next read of an object ask again: it is known to have changed. */
  forget(reference: ObjectReference): void;
}

/** Creates the reader. Nothing is read before the first question. */
export function createCachedReads(options: { client: Pick<KubeClient, 'get'>; clock: Clock }): CachedReads {
  const cache = new LRUCache<string, { object: unknown }>({
    max: MAX_OBJECTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ object }) => OBJECT_OVERHEAD + dataLength(object),
    ttl: TTL_MS,
    perf: { now: () => options.clock.nowMs() },
    fetchMethod: async (path, _stale, fetch) => {
      const object = await readIfExists(options.client, path);
      if (object === undefined) fetch.options.ttl = ABSENT_TTL_MS;
      return { object };
    },
  });
  const read = async <T>(path: string): Promise<T | undefined> =>
    // The path decides the type of the answer; the cache only keeps it.
    (await cache.fetch(path))?.object as T | undefined;
  return {
    secret: async (namespace, name) => await read<KubeSecret>(`/api/v1/namespaces/${namespace}/secrets/${name}`),
    configMap: async (namespace, name) => await read<ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps/${name}`),
    serviceAccount: async (namespace, name) =>
      await read<ServiceAccount>(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`),
    namespace: async (name) => await read<KubeObject>(`/api/v1/namespaces/${name}`),
    forget: (reference) => {
      cache.delete(referencePath(reference).key);
    },
  };
}

/** Counts the values of a Secret or ConfigMap. */
function dataLength(object: unknown): number {
  if (typeof object !== 'object' || object === null || !('data' in object)) return 0;
  if (typeof object.data !== 'object' || object.data === null) return 0;
  return Object.values(object.data).reduce((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
}

async function readIfExists(client: Pick<KubeClient, 'get'>, path: string): Promise<unknown> {
  try {
    return await client.get(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
