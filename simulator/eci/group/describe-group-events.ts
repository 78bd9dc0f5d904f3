import { toRfc3339 } from '../../../src/clock.ts';
import type { ServiceEvent } from '../service-event.ts';
import type { ContainerGroup } from './container-group.ts';

/**
 * Renders a row of DescribeContainerGroupEvents.
 * @param source only events of this source; empty or absent for all.
 * Source: ECI API reference, DescribeContainerGroupEvents.
 */
export function describeGroupEvents(group: ContainerGroup, source: string | undefined): Record<string, unknown> {
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
    Type: event.type,
    Reason: event.reason,
    Message: event.message,
    Count: event.count,
    FirstTimestamp: toRfc3339(event.firstAtMs),
    LastTimestamp: toRfc3339(event.lastAtMs),
    ReportingComponent: component,
    ReportingInstance: group.id,
    Metadata: { Name: event.name, Namespace: 'default' },
    Source: { Component: component, Host: group.id },
    involvedObject: { ApiVersion: 'v1', Kind: 'Pod', Name: group.name, Namespace: 'default', Uid: group.uuid },
  };
}
