import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeObject } from '../../kube/types.ts';
import { look, mapSeen } from './look.ts';
import type { Seen } from './look.ts';

/** A Warning event about one object. */
export interface WarningEvent {
  reason: string;
  message: string;
  count: number;
  /** RFC 3339. */
  lastSeen: string;
  /** Part of the object, `spec.containers{web}`. */
  fieldPath?: string;
}

/** An event as the API has it. Source: Kubernetes API reference, Event v1 core. */
type KubeEvent = KubeObject & {
  reason?: string;
  message?: string;
  count?: number;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  involvedObject?: { fieldPath?: string };
};

/** Reads the Warning events about an object, latest first. They are kept for an hour, as a rule. */
export async function readWarningEvents(
  client: KubeClient,
  about: { kind: string; namespace: string; name: string },
): Promise<Seen<WarningEvent[]>> {
  const { kind, namespace, name } = about;
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name},type=Warning`;
  const read = async (): Promise<{ items: KubeEvent[] }> =>
    client.list<KubeEvent>(resourcePath({ apiVersion: 'v1', namespace, resource: 'events' }), { fieldSelector });
  return mapSeen(await look(read()), ({ items }) =>
    items.map(warningEvent).toSorted((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen)),
  );
}

/** Reads those about the ConfigMap. @param configMap `namespace/name`. */
export async function readConfigEvents(client: KubeClient, configMap: string): Promise<Seen<WarningEvent[]>> {
  const [namespace = '', name = ''] = configMap.split('/');
  return readWarningEvents(client, { kind: 'ConfigMap', namespace, name });
}

function warningEvent(event: KubeEvent): WarningEvent {
  const { reason = '', message = '', count = 1, lastTimestamp, eventTime, metadata, involvedObject } = event;
  const fieldPath = involvedObject?.fieldPath;
  return {
    reason,
    message,
    count,
    lastSeen: lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? '',
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
