import type { KubeObject } from '../../kube/types.ts';

/** A namespace as the watch shows it. */
export type Namespace = KubeObject & { status?: { phase?: string } };

/** Is the namespace gone, or about to go? The API server lets nothing be created there. */
export function isEnding(namespace: Namespace | undefined): boolean {
  if (namespace === undefined) return true;
  return namespace.metadata?.deletionTimestamp !== undefined || namespace.status?.phase === 'Terminating';
}
