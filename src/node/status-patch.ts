import { isDeepStrictEqual } from 'node:util';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../kube/types.ts';

/** Fields of a Pod status that this program owns and therefore also clears. */
const OWN_FIELDS = [
  'phase',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'containerStatuses',
  'initContainerStatuses',
  'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];

const ADDRESS_LISTS = ['podIPs', 'hostIPs'] as const;

/** Differences that nobody waits for: they travel with the next urgent write, or alone after a while. */
const DEFERRABLE_FIELDS: ReadonlySet<string> = new Set(['podIP', 'podIPs', 'hostIP', 'hostIPs', 'startTime']);
const DEFERRABLE_CONDITIONS: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'ContainerInstanceCreated',
  'SandboxReady',
]);

export interface StatusPatch {
  /** Body of a strategic merge patch on `pods/NAME/status`, with the UID as precondition. */
  body: object;
  /** `soon`: only addresses, image ids and book-keeping conditions differ, so the write may wait and be merged with the next one. */
  urgency: 'now' | 'soon';
}

/**
 * Compares the wanted status with the API's copy (not with what was last sent: other writers are corrected too).
 * Conditions that `desired` does not mention belong to others and stay.
 *
 * @returns undefined when nothing differs.
 */
export function statusPatch(
  pod: Pod,
  desired: PodStatus,
  /** Fields that this API server does not keep: to compare them would mean to write them for ever. */
  unknownFields: ReadonlySet<string> = new Set(),
): StatusPatch | undefined {
  const current = pod.status ?? {};
  const changes: Record<string, unknown> = {};
  for (const field of OWN_FIELDS) {
    if (unknownFields.has(field)) continue;
    const wanted = desired[field];
    if (isDeepStrictEqual(withoutUndefined(wanted), withoutUndefined(current[field]))) continue;
    // A start time, once set, never changes; an address is kept when an answer happens to lack it.
    if (wanted === undefined && !clearable(field)) continue;
    changes[field] = wanted ?? null;
  }
  for (const field of ADDRESS_LISTS) {
    const [wanted, present] = [desired[field] ?? [], current[field] ?? []];
    if (unknownFields.has(field) || wanted.length === 0 || isDeepStrictEqual(wanted, present)) continue;
    // They merge by `ip`: without the marker an old address stays beside the new one and the API answers 422. Where there
    // is no list yet the marker itself would become an address. Observed: kube-apiserver 1.20.2.
    changes[field] = [...wanted, ...(present.length > 0 ? [{ $patch: 'replace' }] : [])];
  }
  const conditions = changedConditions(current.conditions ?? [], desired.conditions ?? []);
  if (Object.keys(changes).length === 0 && conditions.length === 0) return undefined;
  const deferrable =
    Object.keys(changes).every((field) => DEFERRABLE_FIELDS.has(field) || onlyImagesDiffer(field, current, desired)) &&
    conditions.every((condition) => DEFERRABLE_CONDITIONS.has(condition.type));
  return {
    body: {
      metadata: { uid: pod.metadata?.uid },
      status: { ...changes, ...(conditions.length > 0 ? { conditions } : {}) },
    },
    urgency: deferrable ? 'soon' : 'now',
  };
}

/** Between the end of a pull and the start of its container, a poll shows the image id and nothing else. */
function onlyImagesDiffer(field: string, current: PodStatus, desired: PodStatus): boolean {
  if (field !== 'containerStatuses' && field !== 'initContainerStatuses') return false;
  return isDeepStrictEqual(withoutImageIds(current[field]), withoutImageIds(desired[field]));
}

function withoutImageIds(statuses: readonly ContainerStatus[] | undefined): unknown {
  return withoutUndefined((statuses ?? []).map((status) => ({ ...status, imageID: '' })));
}

function clearable(field: (typeof OWN_FIELDS)[number]): boolean {
  return field === 'reason' || field === 'message';
}

/** A condition as it travels: null takes a text out, which the merge of conditions by type would otherwise keep. */
type ConditionPatch = Omit<PodCondition, 'reason' | 'message'> & { reason?: string | null; message?: string | null };

function changedConditions(current: readonly PodCondition[], desired: readonly PodCondition[]): ConditionPatch[] {
  return desired.flatMap((condition) => {
    const before = current.find((candidate) => candidate.type === condition.type);
    const reasonChanged = (before?.reason ?? '') !== (condition.reason ?? '');
    const messageChanged = (before?.message ?? '') !== (condition.message ?? '');
    if (before !== undefined && before.status === condition.status && !reasonChanged && !messageChanged) return [];
    return [
      {
        ...condition,
        ...(reasonChanged ? { reason: condition.reason ?? null } : {}),
        ...(messageChanged ? { message: condition.message ?? null } : {}),
      },
    ];
  });
}

/** The API drops absent members; comparing must not trip over `undefined` ones. */
function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
