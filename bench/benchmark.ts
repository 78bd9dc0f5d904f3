import type { Report } from './report.ts';

/** One measurement that can be asked for by name. Measures and prints; judges nothing. */
export interface Benchmark {
  name: string;
  /** One line for `--help`. */
  about: string;
  run(report: Report): Promise<void>;
}
