/**
 * Finds the value below which a share of the values lies (nearest rank).
 * @param share from 0 to 1.
 * @throws RangeError without values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no values to find a quantile of');
  return value;
}
