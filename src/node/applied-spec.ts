import { createHash } from 'node:crypto';
import type { Pod } from '../kube/types.ts';

/**
 * What the instance of a Pod was last given, as far as a live Pod can be edited. On the Pod, so that an edit made while nobody
 * ran is noticed after a restart.
 */
export const APPLIED_SPEC_ANNOTATION = 'eci.alibabacloud.com/applied-spec';

/** See {@link APPLIED_SPEC_ANNOTATION}. */
export interface AppliedSpec {
  /** Hash of the names and images of the containers. */
  containers: string;
  /** The same of the init containers. */
  initContainers: string;
  /** Hash of requests and limits. */
  resources: string;
  /** The deadline that the instance keeps by itself. */
  activeDeadlineSeconds?: number;
  /** How often the instance was updated: part of the client token, for the same image may be asked for again. */
  updates: number;
}

/** Enough to tell edits apart, short enough to read. */
const HASH_LENGTH = 12;

/** Reduces a Pod to what an instance made from it would have been given. Sidecars count as ordinary containers, as they run. */
export function specOf(pod: Pod, updates = 0): AppliedSpec {
  const { containers = [], initContainers = [], activeDeadlineSeconds } = pod.spec ?? {};
  const isSidecar = ({ restartPolicy }: { restartPolicy?: string }): boolean => restartPolicy === 'Always';
  const ordinary = [...initContainers.filter(isSidecar), ...containers];
  const images = (list: readonly { name: string; image?: string }[]): string =>
    hash(list.map(({ name, image }) => [name, image]));
  return {
    containers: images(ordinary),
    initContainers: images(initContainers.filter((container) => !isSidecar(container))),
    resources: hash([...initContainers, ...containers].map(({ resources }) => sorted(resources))),
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
    updates,
  };
}

/** Reads what the Pod carries. @returns undefined for a Pod that carries nothing, or something unreadable. */
export function appliedSpecOf(pod: Pod): AppliedSpec | undefined {
  const text = pod.metadata?.annotations?.[APPLIED_SPEC_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isAppliedSpec(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Asks whether an image of the Pod is another than the instance was given. */
export function imagesDiffer(applied: AppliedSpec, pod: Pod): boolean {
  const wanted = specOf(pod);
  return wanted.containers !== applied.containers || wanted.initContainers !== applied.initContainers;
}

function isAppliedSpec(value: unknown): value is AppliedSpec {
  if (typeof value !== 'object' || value === null) return false;
  const { containers, initContainers, resources, activeDeadlineSeconds, updates } = value as Partial<AppliedSpec>;
  return (
    [containers, initContainers, resources].every((member) => typeof member === 'string') &&
    Number.isInteger(updates) &&
    (activeDeadlineSeconds === undefined || Number.isInteger(activeDeadlineSeconds))
  );
}

/** The API server keeps maps in any order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, sorted(member)]);
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, HASH_LENGTH);
}
