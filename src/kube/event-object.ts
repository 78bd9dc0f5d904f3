import { toRfc3339 } from '../clock.ts';
import type { EventTarget } from './types.ts';

/** One thing that happened, possibly several times. */
export interface EventRecord {
  target: EventTarget;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count: number;
  firstAtMs: number;
  lastAtMs: number;
}

/** Who reports. */
export interface EventSource {
  component: string;
  host: string;
}

/** The API refuses names of more than 253 characters; the suffix takes 17. */
const maxTargetNameLength = 236;

/** @returns the namespace in which events about the target live; those of cluster-scoped objects are in `default`. */
export function eventNamespace(target: EventTarget): string {
  return target.namespace ?? 'default';
}

/**
 * Names an event `<object>.<16 hexadecimal digits>`, as people know it from other components.
 * @param sequence counts up within the process, so that two events of the same millisecond get different names.
 */
export function eventName(target: EventTarget, nowMs: number, sequence: number): string {
  const nanoseconds = BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(sequence % 1_000_000);
  const suffix = nanoseconds.toString(16).padStart(16, '0');
  return `${target.name.slice(0, maxTargetNameLength).replace(/[.-]+$/, '')}.${suffix}`;
}

/** Builds the core/v1 Event that reports a record. */
export function eventObject(name: string, record: EventRecord, source: EventSource): object {
  const { target } = record;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: eventNamespace(target) },
    involvedObject: { ...target },
    reason: record.reason,
    message: record.message,
    type: record.type,
    ...eventCount(record),
    firstTimestamp: toRfc3339(record.firstAtMs),
    source: { component: source.component, host: source.host },
    reportingComponent: source.component,
    reportingInstance: source.host,
  };
}

/** The part of an Event that changes when it happens again. */
export function eventCount(record: EventRecord): { count: number; lastTimestamp: string } {
  return { count: record.count, lastTimestamp: toRfc3339(record.lastAtMs) };
}
