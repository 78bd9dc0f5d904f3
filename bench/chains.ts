import type { Benchmark } from './benchmark.ts';
import { unlimited } from './burst.ts';
import { measureBurst } from './measure-burst.ts';
import { chainSamples } from './sample-pods.ts';
import { withWorkbench } from './workbench.ts';

const count = 1000;

/** A thousand Pods of several chains: the calls of a chain must not grow with the number of its Pods. */
export const chains: Benchmark = {
  name: 'chains',
  about: `${count} Pods at once on ${chainSamples.length} chains`,
  async run(report) {
    report.heading(`chains: ${count} Pods, ${chainSamples.length} chains, ${unlimited.join(' ')}`);
    await withWorkbench(unlimited, (bench) => measureBurst(bench, report, { count, samples: chainSamples }));
  },
};
