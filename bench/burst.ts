import type { Benchmark } from './benchmark.ts';
import { measureBurst } from './measure-burst.ts';
import { chainSamples } from './sample-pods.ts';
import { withWorkbench } from './workbench.ts';

const count = 1000;

/** Lifts every limit that is ours to set, so that what remains is the machine. */
export const unlimited = ['--rate-limits', 'CreateContainerGroup=100000', '--api-qps', '10000', '--api-burst', '10000'];

/** A thousand Pods of one chain at once, with the limits as shipped and without them. */
export const burst: Benchmark = {
  name: 'burst',
  about: `${count} Pods at once that share one chain, with default limits and without limits`,
  async run(report) {
    const samples = chainSamples.slice(0, 1);
    report.heading(`burst: ${count} Pods, one chain, default limits`);
    await withWorkbench([], (bench) => measureBurst(bench, report, { count, samples }));
    report.heading(`burst: ${count} Pods, one chain, ${unlimited.join(' ')}`);
    await withWorkbench(unlimited, (bench) => measureBurst(bench, report, { count, samples }));
  },
};
