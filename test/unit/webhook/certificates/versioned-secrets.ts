import { KubeApiError } from '../../../../src/kube/errors.ts';
import type { KubeSecret } from '../../../../src/kube/types.ts';

/** Secrets with versions: a write that is based on an older one is refused, as the API server does. */
export class VersionedSecrets {
  writes = 0;
  readonly #secrets = new Map<string, { data: Record<string, string>; version: number }>();
  #version = 0;

  async get<T>(path: string): Promise<T> {
    await Promise.resolve();
    const found = this.#secrets.get(path);
    if (found === undefined) throw refusal('NotFound', 404);
    const [, , , , namespace = '', , name = ''] = path.split('/');
    return { metadata: { namespace, name, resourceVersion: String(found.version) }, data: { ...found.data } } as T;
  }

  async create<T>(path: string, body: KubeSecret): Promise<T> {
    await Promise.resolve();
    const target = `${path}/${body.metadata?.name ?? ''}`;
    if (this.#secrets.has(target)) throw refusal('AlreadyExists', 409);
    this.#put(target, body.data ?? {});
    return body as T;
  }

  async replace<T>(path: string, body: KubeSecret): Promise<T> {
    await Promise.resolve();
    if (body.metadata?.resourceVersion !== String(this.#secrets.get(path)?.version)) throw refusal('Conflict', 409);
    this.#put(path, body.data ?? {});
    return body as T;
  }

  /** Somebody else writes. @param data undefined deletes it. */
  overwrite(namespace: string, name: string, data: Record<string, string> | undefined): void {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    if (data === undefined) this.#secrets.delete(path);
    else this.#secrets.set(path, { data, version: (this.#version += 1) });
  }

  #put(path: string, data: Record<string, string>): void {
    this.writes += 1;
    this.#secrets.set(path, { data, version: (this.#version += 1) });
  }
}

function refusal(reason: string, httpStatus: number): KubeApiError {
  return new KubeApiError({ reason, httpStatus, message: reason });
}
