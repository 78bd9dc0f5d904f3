import type { KubeObject } from './types.ts';

/** Read access to cached objects. They are shared: treat them as read-only. */
export interface ObjectReader<T extends KubeObject> {
  /** @param key `namespace/name`, or the name alone for cluster-scoped objects. */
  get(key: string): T | undefined;
  getByUid(uid: string): T | undefined;
  list(): T[];
}

/** @returns `namespace/name`, or the name alone for cluster-scoped objects. */
export function objectKey(object: KubeObject): string {
  const { namespace, name = '' } = object.metadata ?? {};
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Objects by name and by UID. Knows nothing of where they come from. */
export class ObjectStore<T extends KubeObject> implements ObjectReader<T> {
  readonly #byKey = new Map<string, T>();
  readonly #byUid = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  getByUid(uid: string): T | undefined {
    return this.#byUid.get(uid);
  }

  list(): T[] {
    return [...this.#byKey.values()];
  }

  size(): number {
    return this.#byKey.size;
  }

  set(object: T): void {
    this.remove(objectKey(object));
    this.#byKey.set(objectKey(object), object);
    if (object.metadata?.uid !== undefined) this.#byUid.set(object.metadata.uid, object);
  }

  remove(key: string): void {
    const uid = this.#byKey.get(key)?.metadata?.uid;
    this.#byKey.delete(key);
    if (uid !== undefined) this.#byUid.delete(uid);
  }
}
