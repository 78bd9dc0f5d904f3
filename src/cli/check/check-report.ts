import type { Diagnosis, Verdict } from './diagnose.ts';
import type { VirtualNodeReport } from './virtual-node.ts';

/** Everything that a check found. A plain value: every output format prints this. */
export interface CheckReport {
  namespace: string;
  serviceAccount: string;
  /** Absent when only an image was asked about. */
  pod?: string;
  /** Of all images together. */
  verdict: Verdict;
  /** The Pod is on a virtual node: then its annotations decide, and there are no {@link CheckReport.images}. */
  virtualNode?: VirtualNodeReport;
  images: readonly Diagnosis[];
  /** Who told what is known of the helper: a Pod or an address. Absent when no helper answered. */
  helper?: string;
  /** Why no helper answered. */
  helperSilent?: string;
}

/** Sums up the images of a Pod: it runs only when all of them can be pulled. */
export function overallVerdict(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ['no', 'unknown', 'yes', 'anonymous'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
}
