import type { PacedCalls } from './paced-calls.ts';
import { quantile } from './quantile.ts';
import type { Report } from './report.ts';

/** Tells how long calls took. */
export function reportLatencies(report: Report, name: string, { latenciesMs, failures }: PacedCalls): void {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => `${quantile(latenciesMs, share).toFixed(1)} ms`);
  report.figure(name, `p50 ${p50}, p99 ${p99}, max ${most}, ${failures} failed of ${latenciesMs.length + failures}`);
}
