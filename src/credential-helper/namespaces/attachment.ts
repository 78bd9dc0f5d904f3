/**
 * The entry of ours in `imagePullSecrets` of a ServiceAccount. The list has no merge key, so every merging patch would replace it
 * as a whole: JSON patches under the resource version touch our entry alone.
 * Source: Kubernetes API, core/v1 ServiceAccount; RFC 6902.
 */
import type { JsonPatchOperation } from '../../kube/patch.ts';
import type { ServiceAccount } from '../../kube/types.ts';
import { SECRET_NAME } from '../names.ts';

/** @returns whether the ServiceAccount gives our Secret to its Pods. */
export function isAttached(account: ServiceAccount): boolean {
  return (account.imagePullSecrets ?? []).some((entry) => entry.name === SECRET_NAME);
}

/** Builds the patch that appends our entry. @returns undefined when it is there. */
export function attachPatch(account: ServiceAccount): JsonPatchOperation[] | undefined {
  if (isAttached(account)) return undefined;
  const entry = { name: SECRET_NAME };
  // `-` needs a list; where there is none, `add` makes one, and it replaces null.
  const isList = Array.isArray(account.imagePullSecrets);
  return [
    sameVersion(account),
    isList
      ? { op: 'add', path: '/imagePullSecrets/-', value: entry }
      : { op: 'add', path: '/imagePullSecrets', value: [entry] },
  ];
}

/** Builds the patch that takes our entry away, wherever it stands and however often. @returns undefined when there is none. */
export function detachPatch(account: ServiceAccount): JsonPatchOperation[] | undefined {
  const entries = account.imagePullSecrets ?? [];
  const ours = entries.flatMap((entry, index) => (entry.name === SECRET_NAME ? [index] : []));
  if (ours.length === 0) return undefined;
  // From the end, because each removal moves what follows.
  return [
    sameVersion(account),
    ...ours.toReversed().map((index): JsonPatchOperation => ({ op: 'remove', path: `/imagePullSecrets/${index}` })),
  ];
}

/**
 * Makes the server refuse the patch with 409 when anybody has written since.
 * Observed: a `test` operation on the version is answered 422, which says nothing about why.
 */
function sameVersion(account: ServiceAccount): JsonPatchOperation {
  return { op: 'add', path: '/metadata/resourceVersion', value: account.metadata?.resourceVersion ?? '' };
}
