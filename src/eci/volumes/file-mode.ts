/**
 * Encodes a file mode as the service wants it: the octal digits read as a decimal number, so 0644 (420) travels as 644.
 * Source: ECI API reference, ConfigFileVolume.DefaultMode.
 */
export function octalDigits(mode: number): number {
  return Number(mode.toString(8));
}
