import type { EciEvent, ImageCache } from '../alibaba/eci-answers.ts';
import { toRfc3339 } from '../clock.ts';
import type { ImageCacheEvent, ImageCacheStatus } from './types.ts';

/** The service keeps the newest 50 events of a cache; so does the status. */
const MAX_EVENTS = 50;

/**
 * Maps what ECI says of a cache to the status of its object. Phases are the service's own, verbatim.
 *
 * @param before the object's status as it stands: times and texts that the answer lacks are kept.
 * @returns the status to write, or undefined when nothing a person could notice differs.
 */
export function mapImageCacheStatus(
  cache: ImageCache,
  before: ImageCacheStatus | undefined,
  nowMs: number,
): ImageCacheStatus | undefined {
  const phase = cache.status ?? before?.phase ?? 'Pending';
  const failed = phase === 'Failed' || phase === 'UpdateFailed';
  const events = cache.events.slice(-MAX_EVENTS).map(mapEvent);
  const wanted: ImageCacheStatus = {
    phase,
    progress: cache.progress ?? before?.progress ?? '0%',
    imageCacheId: cache.imageCacheId,
    reason: failed ? failureText(cache.events) : '',
    startTime: cache.creationTime ?? before?.startTime ?? null,
    expireDateTime: cache.expireDateTime ?? before?.expireDateTime ?? null,
    events: events.length > 0 ? events : (before?.events ?? null),
  };
  if (before !== undefined && sameStatus(before, wanted)) return undefined;
  return { ...wanted, lastUpdatedTime: toRfc3339(nowMs) };
}

/** The newest warning says best why a cache failed. */
function failureText(events: readonly EciEvent[]): string {
  const warning = events.findLast((event) => event.type === 'Warning');
  if (warning === undefined) return 'ECI gave no reason';
  return [warning.reason, warning.message].filter((part) => part !== undefined && part !== '').join(': ');
}

/** A superset of the two documented shapes: readers of either find their fields. */
function mapEvent(event: EciEvent): ImageCacheEvent {
  const last = event.lastTimestamp ?? event.firstTimestamp ?? null;
  return {
    name: event.name ?? '',
    message: event.message ?? '',
    type: event.type ?? 'Normal',
    timestamp: last,
    reason: event.reason ?? '',
    count: event.count ?? 1,
    firstTimestamp: event.firstTimestamp ?? last,
    lastTimestamp: last,
  };
}

function sameStatus(before: ImageCacheStatus, wanted: ImageCacheStatus): boolean {
  const view = (status: ImageCacheStatus): string =>
    JSON.stringify([
      status.phase,
      status.progress,
      status.imageCacheId ?? '',
      status.reason ?? '',
      status.startTime ?? null,
      status.expireDateTime ?? null,
      // Which events there are is told by their count and the newest one; the stored ones may lack pruned members.
      (status.events ?? []).map((event) => [event.name, event.message, event.timestamp]),
    ]);
  return view(before) === view(wanted);
}
