import type { Clock } from '../clock.ts';
import type { Note } from '../credentials/types.ts';
import type { EventRecorder, KubeClient } from '../kube/types.ts';
import type { WorkQueue } from '../kube/work-queue.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import type { MissingObjects } from './missing-objects.ts';
import type { InstanceEvent, PodProvider } from './pod-provider.ts';
import type { PodRecord } from './pod-record.ts';
import type { StatusWriter } from './status-writer.ts';

/** Lower numbers first: deletes free quota and money, status is what people look at, creates come last. */
export const podPriority = { status: 0, delete: 1, create: 2 } as const;

export interface PodWorkbenchOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  events: EventRecorder;
  queue: WorkQueue;
  provider: PodProvider;
  statusWriter: StatusWriter;
  /** Looks out for what waiting Pods miss. */
  missing: MissingObjects;
  /** Jitter, in [0, 1). */
  random: () => number;
}

/** What everybody who works on a Pod needs: the outside world, and ways to speak about the Pod and to come back to it. */
export class PodWorkbench {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly provider: PodProvider;
  readonly statusWriter: StatusWriter;
  readonly queue: WorkQueue;
  readonly missing: MissingObjects;
  readonly random: () => number;
  readonly #events: EventRecorder;

  constructor(options: PodWorkbenchOptions) {
    this.client = options.client;
    this.clock = options.clock;
    this.logger = options.logger;
    this.metrics = options.metrics;
    this.provider = options.provider;
    this.statusWriter = options.statusWriter;
    this.queue = options.queue;
    this.missing = options.missing;
    this.random = options.random;
    this.#events = options.events;
  }

  /** Looks at the Pod again after `delayMs`, or sooner if something happens. */
  again(record: PodRecord, delayMs: number): void {
    this.queue.add(record.uid, { priority: podPriority.status, delayMs });
  }

  /** Emits notes, or what the cloud says in its own words, as events of the Pod. */
  emit(record: PodRecord, ...notes: readonly (Note | Omit<InstanceEvent, 'uid'>)[]): void {
    const { uid, namespace, name } = record;
    const target = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
    for (const note of notes) this.#events.emit(target, note.type, note.reason, note.message);
  }
}

/** Names a Pod in logs: `namespace/name`. */
export function podName(record: PodRecord): string {
  return `${record.namespace}/${record.name}`;
}
