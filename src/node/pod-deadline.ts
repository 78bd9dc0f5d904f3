import type { Pod } from '../kube/types.ts';
import type { AppliedSpec } from './applied-spec.ts';

/** How much later than we the cloud may begin to count a deadline that it keeps by itself. */
const CLOUD_LAG_MS = 30_000;

/**
 * When a Pod has been active for too long. A deadline that the instance was created with is the cloud's to keep, which leaves the
 * logs; one that was set or lowered later, or that passes before anything was created, is kept by us.
 *
 * @returns undefined for a Pod without a deadline, or that has not been accepted yet.
 */
export function deadlineAtMs(pod: Pod, applied: AppliedSpec | undefined): number | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  const startMs = Date.parse(pod.status?.startTime ?? '');
  if (seconds === undefined || Number.isNaN(startMs)) return undefined;
  const byCloud = applied?.activeDeadlineSeconds === seconds;
  return startMs + seconds * 1000 + (byCloud ? CLOUD_LAG_MS : 0);
}
