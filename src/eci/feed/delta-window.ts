/** What the service accepts as `SinceSecond`. Source: ECI API reference, DescribeContainerGroupStatus. */
const MIN_SINCE_SECONDS = 60;
const MAX_SINCE_SECONDS = 3600;
/** Windows overlap by this much, so that a change during the previous answer, or a skewed clock, is not missed. */
const OVERLAP_SECONDS = 60;

/**
 * Decides how far a delta poll looks back.
 * @param lastStartMs when the last poll that succeeded was started.
 * @returns seconds, or undefined when the gap is too long for a delta: then everything must be listed.
 */
export function deltaWindowSeconds(lastStartMs: number, nowMs: number): number | undefined {
  const seconds = Math.ceil(Math.max(0, nowMs - lastStartMs) / 1000) + OVERLAP_SECONDS;
  return seconds > MAX_SINCE_SECONDS ? undefined : Math.max(seconds, MIN_SINCE_SECONDS);
}
