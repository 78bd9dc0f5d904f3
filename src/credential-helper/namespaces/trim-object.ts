import type { KubeObject } from '../../kube/types.ts';

/**
 * Drops, in place, what nothing here reads of listed and watched objects. Every replica keeps all ServiceAccounts of the cluster in
 * memory, and whoever may write one may put 256 KiB of annotations on it: with a few thousand of them, one namespace would end the
 * program for all.
 */
export function trimObject(object: KubeObject): void {
  delete object.metadata?.annotations;
  // The other long list of a ServiceAccount. `imagePullSecrets` stays whole, because patches count its elements.
  if ('secrets' in object) delete object.secrets;
}
