import type { Pod } from '../../kube/types.ts';
import { formatMap } from './format-map.ts';

/** What a downward API path stands for. */
export type FieldValue =
  | { kind: 'value'; value: string }
  /** Known only once the group runs: the service itself fills it in. */
  | { kind: 'pod-ip' }
  | { kind: 'unsupported' };

/** Where the Pod will run, as far as the downward API tells it. */
export interface FieldContext {
  nodeName: string;
  hostIp: string;
  /** What `status.hostIP` means: the address of the node, or that of the Pod, for agents that look for a daemon on their host. */
  hostIpFields?: 'node' | 'pod';
}

const SUBSCRIPT = /^metadata\.(?<map>labels|annotations)\['(?<key>.+)'\]$/;

/**
 * Resolves a `fieldRef` path from the Pod itself. A label or annotation that is missing is the empty string, as with kubelet;
 * all of them together are what files have.
 * Source: Kubernetes documentation, downward API.
 */
export function resolveFieldReference(pod: Pod, fieldPath: string, context: FieldContext): FieldValue {
  const subscript = SUBSCRIPT.exec(fieldPath)?.groups;
  if (subscript !== undefined) {
    const map = subscript['map'] === 'labels' ? pod.metadata?.labels : pod.metadata?.annotations;
    const key = subscript['key'] ?? '';
    // A key may be the name of something that every object inherits.
    return value(map !== undefined && Object.hasOwn(map, key) ? (map[key] ?? '') : '');
  }
  switch (fieldPath) {
    case 'metadata.name':
      return value(pod.metadata?.name ?? '');
    case 'metadata.namespace':
      return value(pod.metadata?.namespace ?? '');
    case 'metadata.uid':
      return value(pod.metadata?.uid ?? '');
    case 'metadata.labels':
      return value(formatMap(pod.metadata?.labels ?? {}));
    case 'metadata.annotations':
      return value(formatMap(pod.metadata?.annotations ?? {}));
    case 'spec.nodeName':
      return value(context.nodeName);
    case 'spec.serviceAccountName':
      return value(pod.spec?.serviceAccountName ?? 'default');
    case 'status.hostIP':
    case 'status.hostIPs':
      return context.hostIpFields === 'pod' ? { kind: 'pod-ip' } : value(context.hostIp);
    case 'status.podIP':
    case 'status.podIPs':
      return { kind: 'pod-ip' };
    default:
      return { kind: 'unsupported' };
  }
}

function value(text: string): FieldValue {
  return { kind: 'value', value: text };
}
