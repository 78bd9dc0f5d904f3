import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeObject } from '../../kube/types.ts';
import { look } from './look.ts';
import type { Seen } from './look.ts';

/** What the helper told about its configuration. */
export interface ConfigEvent {
  reason: string;
  message: string;
  count: number;
  /** RFC 3339. */
  lastSeen: string;
}

/** An event as the API has it. Source: Kubernetes API reference, Event v1 core. */
type KubeEvent = KubeObject & {
  reason?: string;
  message?: string;
  count?: number;
  lastTimestamp?: string | null;
  eventTime?: string | null;
};

/** Reads the Warning events about the ConfigMap, latest first. @param configMap `namespace/name`. */
export async function readConfigEvents(client: KubeClient, configMap: string): Promise<Seen<ConfigEvent[]>> {
  const [namespace = '', name = ''] = configMap.split('/');
  const fieldSelector = `involvedObject.kind=ConfigMap,involvedObject.name=${name},type=Warning`;
  const path = resourcePath({ apiVersion: 'v1', namespace, resource: 'events' });
  const seen = await look(client.list<KubeEvent>(path, { fieldSelector }));
  if (seen.kind !== 'seen') return seen;
  const events = seen.value.items.map(
    ({ reason = '', message = '', count = 1, lastTimestamp, eventTime, metadata }) => {
      const lastSeen = lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? '';
      return { reason, message, count, lastSeen };
    },
  );
  return { kind: 'seen', value: events.toSorted((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen)) };
}
