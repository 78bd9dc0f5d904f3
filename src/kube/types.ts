import type {
  V1ContainerStatus,
  V1Container,
  V1Lease,
  V1Node,
  V1ObjectMeta,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodCondition,
  V1PodStatus,
  V1Probe,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1ConfigMap,
  V1Volume,
} from '@kubernetes/client-node';

/**
 * A generated model as it travels: dates are RFC 3339 strings, because lists and watches are read as plain JSON.
 * Observed: `@kubernetes/client-node` 2.0.1 gives `Date` in lists and strings in watches under one and the same type.
 */
export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T;

export type Pod = Json<V1Pod>;
export type PodStatus = Json<V1PodStatus>;
export type PodCondition = Json<V1PodCondition>;
export type Container = Json<V1Container>;
export type ContainerStatus = Json<V1ContainerStatus>;
export type Probe = Json<V1Probe>;
export type Volume = Json<V1Volume>;
export type Node = Json<V1Node>;
export type Lease = Json<V1Lease>;
export type KubeSecret = Json<V1Secret>;
export type ConfigMap = Json<V1ConfigMap>;
export type ServiceAccount = Json<V1ServiceAccount>;
export type Service = Json<V1Service>;
export type PersistentVolumeClaim = Json<V1PersistentVolumeClaim>;
export type PersistentVolume = Json<V1PersistentVolume>;
export type ObjectMeta = Json<V1ObjectMeta>;

/** Any object of the API: what the reflector, events and patches need to know of it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

export type PatchType = 'merge' | 'strategic' | 'json';

export interface ListOptions {
  fieldSelector?: string;
  labelSelector?: string;
  /** Page size; the client follows `continue` itself. */
  limit?: number;
  resourceVersion?: string;
  signal?: AbortSignal;
}

export interface ListResult<T> {
  items: T[];
  resourceVersion: string;
}

export interface DeleteOptions {
  /** Precondition: the delete fails with 409 when the name now belongs to another object. */
  uid?: string;
  gracePeriodSeconds?: number;
}

/**
 * The Kubernetes API as this program uses it: raw JSON over pooled connections, paths as the API documents them
 * (`/api/v1/namespaces/default/pods/web`). Every method has its own deadline and throws {@link KubeApiError}.
 */
export interface KubeClient {
  get<T>(path: string): Promise<T>;
  list<T extends KubeObject>(path: string, options?: ListOptions): Promise<ListResult<T>>;
  create<T>(path: string, body: object): Promise<T>;
  replace<T>(path: string, body: object): Promise<T>;
  /** Never used for read-modify-write of objects of others: only the given fields travel. */
  patch<T>(path: string, body: object, type: PatchType): Promise<T>;
  /** Sends `Content-Length`, without which Node.js drops the UID precondition. Not found is success. */
  delete(path: string, options?: DeleteOptions): Promise<void>;
  /** One watch request as a stream of raw events; ends when the server closes it, throws on a broken stream. */
  watch(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncIterable<WatchEvent>;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject & Record<string, unknown>;
}

/** Where an event points, and what it says. */
export interface EventTarget {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid: string;
}

export interface EventRecorder {
  /** Queues an event; identical ones are counted up, floods are limited. Never throws, never blocks. */
  emit(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Waits until what was queued has been written or given up on. */
  flush(): Promise<void>;
}
