import { toRfc3339 } from '../../clock.ts';

/**
 * Normalises a time of the cloud to what Kubernetes takes in a status: UTC, whole seconds.
 * @returns undefined for empty, unparsable and zero (year 1) times.
 */
export function wholeSeconds(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  return Number.isNaN(ms) || ms <= 0 ? undefined : toRfc3339(ms);
}
