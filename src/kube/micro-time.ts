/**
 * Formats an instant as a MicroTime (`2026-01-02T03:04:05.678000Z`), as Lease and Event fields of that type need it.
 * Observed: kube-apiserver 1.20 answers 400 to `toISOString()`, which has three fractional digits instead of six.
 *
 * @param ms epoch milliseconds.
 */
export function toMicroTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
