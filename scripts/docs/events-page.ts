import { eventReasons, type EventReason } from '../../src/event-reasons.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** Renders the reference page of event reasons. */
export function eventsPage(): string {
  const reasons: [string, EventReason][] = Object.entries(eventReasons);
  const rows = (type: EventReason['type']): string =>
    table(
      ['Reason', 'On', 'When', 'What to do'],
      reasons
        .filter(([, reason]) => reason.type === type)
        .map(([name, { objects, when, remedy }]) => [code(name), objects.join(', '), when, remedy]),
    );
  return `${generatedFrom('src/event-reasons.ts')}

# Events

What eci-kubelet reports on Pods, ImageCaches and Nodes, and the credential helper on its ConfigMap, Secrets and ServiceAccounts, as Kubernetes events and as reasons of conditions. Reasons are
stable: alerts can rely on them. Messages are for people and may change. No message ever contains a key, a token or a password.

    kubectl get events --field-selector involvedObject.name=<name>

An event about an ImageCache, which has no namespace, is in the namespace \`default\`. ECI's own events about a container group, such as
pulls and starts, are not repeated as Kubernetes events in this version; their effect shows in the status of the Pod.

## Warnings

${rows('Warning')}

## Normal events

${rows('Normal')}
`;
}
