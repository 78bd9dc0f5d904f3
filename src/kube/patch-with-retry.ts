import { isConflict } from './errors.ts';
import type { KubeClient, PatchType } from './types.ts';

export interface PatchWithRetryOptions<T> {
  client: Pick<KubeClient, 'get' | 'patch'>;
  path: string;
  type: PatchType;
  /** Computes the patch from the object as it is now; undefined when nothing is to be done. */
  build: (current: T) => object | undefined;
}

/** Somebody who writes this object all the time deserves the next turn of a queue, not a loop. */
const maxAttempts = 5;

/**
 * Reads an object and patches it, again from a fresh read after each conflict.
 * @returns the object as it is afterwards.
 * @throws KubeApiError the last conflict after five attempts, and every other failure at once.
 */
export async function patchWithRetry<T>(options: PatchWithRetryOptions<T>): Promise<T> {
  const { client, path, type, build } = options;
  for (let attempt = 1; ; attempt += 1) {
    const current = await client.get<T>(path);
    const body = build(current);
    if (body === undefined) return current;
    try {
      return await client.patch<T>(path, body, type);
    } catch (error) {
      if (!isConflict(error) || attempt >= maxAttempts) throw error;
    }
  }
}
