import { isForbidden, isNotFound } from '../../kube/errors.ts';

/** Something that was looked for: it is there, it is not, or this user may not see it. */
export type Seen<T> = { kind: 'seen'; value: T } | { kind: 'absent' } | { kind: 'hidden'; why: string };

/**
 * Makes a value of a look at the cluster, so that what one user may not see does not keep the rest from being told.
 * @throws every error that says something about the API server and not about the object.
 */
export async function look<T>(reading: Promise<T>): Promise<Seen<T>> {
  try {
    return { kind: 'seen', value: await reading };
  } catch (error) {
    if (isNotFound(error)) return { kind: 'absent' };
    if (isForbidden(error)) return { kind: 'hidden', why: error.message };
    throw error;
  }
}

/** Makes another value of what was seen. */
export function mapSeen<T, U>(seen: Seen<T>, change: (value: T) => U): Seen<U> {
  return seen.kind === 'seen' ? { kind: 'seen', value: change(seen.value) } : seen;
}
