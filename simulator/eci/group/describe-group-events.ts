import { toRfc3339 } from '../../../src/clock.ts';
import type { ServiceEvent } from '../service-event.ts';
import type { ContainerGroup } from './container-group.ts';

/**
 * Renders a row of DescribeContainerGroupEvents. The members of an event begin in lower case, as real answers print them,
 * although the reference and the models of the SDK spell them with a capital: clients have to read them in any case.
 * @param source only events of this source; empty or absent for all.
 * Source: ECI API reference, DescribeContainerGroupEvents.
 */
export function describeGroupEvents(
  group: ContainerGroup,
  source: string | undefined,
): Record<string, unknown> & { Events: Record<string, unknown>[] } {
  const wanted = source === undefined || source === '' ? group.events : group.events.filter((e) => e.source === source);
  return {
    ContainerGroupId: group.id,
    Name: group.name,
    Namespace: 'default',
    uuid: group.uuid,
    Annotations: '{}',
    Events: wanted.map((event) => describe(group, event)),
  };
}

function describe(group: ContainerGroup, event: ServiceEvent): Record<string, unknown> {
  const component = event.source === 'EciService' ? 'EciService' : 'kubelet';
  return {
    type: event.type,
    reason: event.reason,
    message: event.message,
    count: event.count,
    firstTimestamp: toRfc3339(event.firstAtMs),
    lastTimestamp: toRfc3339(event.lastAtMs),
    reportingComponent: component,
    reportingInstance: group.id,
    metadata: { name: event.name, namespace: 'default' },
    source: { component, host: group.id },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: group.name, namespace: 'default', uid: group.uuid },
  };
}
