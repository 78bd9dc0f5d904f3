const MINUTE_MS = 60_000;

/**
 * Says how far away a time is, in the two largest units: `in 41m`, `in 11h45m`, `3d2h ago`.
 * @param ms epoch milliseconds.
 */
export function formatDistance(ms: number, nowMs: number): string {
  const minutes = Math.floor(Math.abs(ms - nowMs) / MINUTE_MS);
  if (minutes === 0) return ms >= nowMs ? 'in <1m' : '<1m ago';
  const length = formatMinutes(minutes);
  return ms >= nowMs ? `in ${length}` : `${length} ago`;
}

function formatMinutes(minutes: number): string {
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return hours === 0 ? `${days}d` : `${days}d${hours}h`;
  if (hours === 0) return `${minutes}m`;
  return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
}
