import type { Pod } from '../../src/kube/types.ts';
import { eventually } from './eventually.ts';
import type { Platform } from './platform.ts';

/** What a user sees of a Pod with kubectl. */
export interface PodReport {
  name: string;
  phase: string;
  /** Printed by kubectl in the column STATUS, when set. */
  reason: string;
  message: string;
  /** By type: `False ImageCredentialsFailed: …`. */
  conditions: Readonly<Record<string, string>>;
  /** Reasons of containers that wait, in order. */
  waiting: readonly string[];
  annotations: Readonly<Record<string, string>>;
  /** In the order in which they happened, `Warning InvalidAnnotation: …`. */
  events: readonly string[];
}

/** Reads every Pod of the sandbox, by name. */
export async function readPods(platform: Platform): Promise<Map<string, PodReport>> {
  const [pods, events] = await Promise.all([
    platform.kubectl(['get', 'pods', '-o', 'json']),
    platform.kubectl(['get', 'events', '--sort-by=.firstTimestamp', '-o', 'json']),
  ]);
  const eventsByPod = Map.groupBy(
    (JSON.parse(events) as { items: SeenEvent[] }).items.filter(({ involvedObject }) => involvedObject.kind === 'Pod'),
    ({ involvedObject }) => involvedObject.name,
  );
  const reports = (JSON.parse(pods) as { items: Pod[] }).items.map((pod) =>
    reportOf(pod, eventsByPod.get(pod.metadata?.name ?? '') ?? []),
  );
  return new Map(reports.map((report) => [report.name, report]));
}

/** Polls until every named Pod satisfies `isSo`. */
export async function podsWhen(
  platform: Platform,
  names: readonly string[],
  isSo: (pod: PodReport) => boolean,
): Promise<Map<string, PodReport>> {
  return await eventually(`all as expected: ${names.join(', ')}`, async () => {
    const pods = await readPods(platform);
    const others = names.map((name) => pods.get(name) ?? name).filter((pod) => typeof pod === 'string' || !isSo(pod));
    if (others.length === 0) return pods;
    throw new Error(`not yet: ${JSON.stringify(others.slice(0, 3), undefined, 2)}`);
  });
}

/** Not created, and its status says that something has to be changed first. */
export const isHeld = (pod: PodReport): boolean =>
  pod.phase === 'Pending' && pod.reason === 'ProviderFailed' && pod.events.length > 0;

export const isRunning = (pod: PodReport): boolean => pod.phase === 'Running';

/** Created at ECI, whatever came of it then. */
export const isCreated = (pod: PodReport): boolean => pod.annotations['k8s.aliyun.com/eci-instance-id'] !== undefined;

interface SeenEvent {
  involvedObject: { kind: string; name: string };
  type: string;
  reason: string;
  message: string;
}

function reportOf(pod: Pod, events: readonly SeenEvent[]): PodReport {
  const { metadata, status } = pod;
  return {
    name: metadata?.name ?? '',
    phase: status?.phase ?? '',
    reason: status?.reason ?? '',
    message: status?.message ?? '',
    conditions: Object.fromEntries(
      (status?.conditions ?? []).map((condition) => [
        condition.type,
        `${condition.status} ${condition.reason ?? ''}: ${condition.message ?? ''}`,
      ]),
    ),
    waiting: (status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting?.reason ?? []),
    annotations: metadata?.annotations ?? {},
    events: events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`),
  };
}
