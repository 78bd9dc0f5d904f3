import type { Pod } from '../../kube/types.ts';

/**
 * On a Pod: the region, and the account if it was known, in which its container group was made. A process that was pointed to
 * another region or account sees none of the groups, and must not take that for their end.
 */
export const PLACED_IN_ANNOTATION = 'eci.alibabacloud.com/placed-in';

/** A region and, once somebody has told, an account. */
export interface CloudPlace {
  regionId: string;
  accountId?: string | undefined;
}

/** Writes the value of {@link PLACED_IN_ANNOTATION}. */
export function placedIn({ regionId, accountId }: CloudPlace): string {
  return accountId === undefined ? regionId : `${regionId}/${accountId}`;
}

/** Reads where the group of a Pod was made. @returns undefined for a Pod that does not say. */
export function placeOf(pod: Pod): CloudPlace | undefined {
  const [regionId, accountId] = (pod.metadata?.annotations?.[PLACED_IN_ANNOTATION] ?? '').split('/');
  if (regionId === undefined || regionId === '') return undefined;
  return { regionId, accountId };
}

/** Asks whether two places are known to differ. An account that nobody has told may be any. */
export function isElsewhere(place: CloudPlace, here: CloudPlace): boolean {
  if (place.regionId !== here.regionId) return true;
  return place.accountId !== undefined && here.accountId !== undefined && place.accountId !== here.accountId;
}
