import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { isNotFound } from './errors.ts';
import type { ObjectReference } from './object-reference.ts';
import { referencePath } from './reference-path.ts';
import type {
  ConfigMap,
  KubeClient,
  KubeObject,
  KubeSecret,
  PersistentVolume,
  PersistentVolumeClaim,
  Service,
  ServiceAccount,
} from './types.ts';

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

/** How old an answer from memory may be, besides the half minute: what was read before this, epoch milliseconds, is read again. */
type NotBefore = number;

/** Reads of single objects by name, shared by concurrent callers and remembered for half a minute. */
export interface CachedReads {
  /** @returns undefined when it does not exist. @throws KubeApiError for every other failure. */
  secret(namespace: string, name: string, notBeforeMs?: NotBefore): Promise<KubeSecret | undefined>;
  configMap(namespace: string, name: string, notBeforeMs?: NotBefore): Promise<ConfigMap | undefined>;
  serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  namespace(name: string): Promise<KubeObject | undefined>;
  service(namespace: string, name: string, notBeforeMs?: NotBefore): Promise<Service | undefined>;
  /** Every Service of a namespace: the only list there is. */
  services(namespace: string, notBeforeMs?: NotBefore): Promise<readonly Service[]>;
  persistentVolumeClaim(
    namespace: string,
    name: string,
    notBeforeMs?: NotBefore,
  ): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string, notBeforeMs?: NotBefore): Promise<PersistentVolume | undefined>;
  /** Makes the next read of an object ask again: it is known to have changed, or somebody waits for it to appear. */
  forget(reference: ObjectReference): void;
}

interface Remembered {
  object: unknown;
  readAtMs: number;
}

/** Creates the reader. Nothing is read before the first question. */
export function createCachedReads(options: { client: Pick<KubeClient, 'get' | 'list'>; clock: Clock }): CachedReads {
  const { client, clock } = options;
  const cache = new LRUCache<string, Remembered>({
    max: MAX_OBJECTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ object }) => OBJECT_OVERHEAD + dataLength(object),
    ttl: TTL_MS,
    // The clock is ours: without this, a time that was looked up is taken for the present until a timer of the machine fires.
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
    fetchMethod: async (path, _stale, fetch) => {
      const readAtMs = clock.nowMs();
      const object = path.endsWith('/services') ? await listServices(client, path) : await readIfExists(client, path);
      if (object === undefined) fetch.options.ttl = ABSENT_TTL_MS;
      return { object, readAtMs };
    },
  });
  const read = async <T>(path: string, notBeforeMs = 0): Promise<T | undefined> => {
    const remembered = cache.peek(path);
    // A read under way is shared even so: it began a moment ago.
    const forceRefresh = remembered !== undefined && remembered.readAtMs < notBeforeMs;
    // The path decides the type of the answer; the cache only keeps it.
    return (await cache.fetch(path, { forceRefresh }))?.object as T | undefined;
  };
  return {
    secret: async (namespace, name, notBeforeMs) =>
      await read<KubeSecret>(pathOf({ kind: 'Secret', namespace, name }), notBeforeMs),
    configMap: async (namespace, name, notBeforeMs) =>
      await read<ConfigMap>(pathOf({ kind: 'ConfigMap', namespace, name }), notBeforeMs),
    serviceAccount: async (namespace, name) =>
      await read<ServiceAccount>(pathOf({ kind: 'ServiceAccount', namespace, name })),
    namespace: async (name) => await read<KubeObject>(`/api/v1/namespaces/${name}`),
    service: async (namespace, name, notBeforeMs) =>
      await read<Service>(`/api/v1/namespaces/${namespace}/services/${name}`, notBeforeMs),
    services: async (namespace, notBeforeMs) =>
      (await read<readonly Service[]>(`/api/v1/namespaces/${namespace}/services`, notBeforeMs)) ?? [],
    persistentVolumeClaim: async (namespace, name, notBeforeMs) =>
      await read<PersistentVolumeClaim>(pathOf({ kind: 'PersistentVolumeClaim', namespace, name }), notBeforeMs),
    persistentVolume: async (name, notBeforeMs) =>
      await read<PersistentVolume>(pathOf({ kind: 'PersistentVolume', name }), notBeforeMs),
    forget: (reference) => {
      cache.delete(pathOf(reference));
    },
  };
}

function pathOf(reference: ObjectReference): string {
  return referencePath(reference).key;
}

async function listServices(client: Pick<KubeClient, 'list'>, path: string): Promise<readonly Service[]> {
  return (await client.list<Service>(path)).items;
}

/** Counts the values of a Secret or ConfigMap; Services are counted by the piece. */
function dataLength(object: unknown): number {
  if (Array.isArray(object)) return object.length * OBJECT_OVERHEAD;
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
