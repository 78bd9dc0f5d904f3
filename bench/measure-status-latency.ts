import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/clock.ts';
import { createReflector } from '../src/kube/reflector.ts';
import type { Pod } from '../src/kube/types.ts';
import { eventually } from '../test/support/eventually.ts';
import { quantile } from './quantile.ts';
import type { Report } from './report.ts';
import { restartGroup } from './restart-groups.ts';
import type { Workbench } from './workbench.ts';

const groupIdAnnotation = 'k8s.aliyun.com/eci-instance-id';

/** Changes per second: as many as a rolling failure makes, few enough for the API server's queue not to be what is measured. */
const changesPerSecond = 4;

const timeoutMs = 120_000;

/**
 * Changes container groups in the cloud, which says nothing by itself, and measures until the API server's watchers see it in the
 * status of the Pod.
 * @param changes how many groups, one after another, spread over time.
 */
export async function measureStatusLatency(bench: Workbench, report: Report, changes: number): Promise<void> {
  const changedAtMs = new Map<string, number>();
  const seenAfterMs = new Map<string, number>();
  const pods = new Map<string, Pod>();
  const containersOf = (pod: Pod | undefined): string => JSON.stringify(pod?.status?.containerStatuses);
  const stop = new AbortController();
  const reflector = createReflector<Pod>({
    client: bench.client,
    path: '/api/v1/namespaces/default/pods',
    clock: systemClock,
    onEvent: ({ object }) => {
      const uid = object.metadata?.uid ?? '';
      const changed = changedAtMs.get(uid);
      const differs = containersOf(object) !== containersOf(pods.get(uid));
      if (changed !== undefined && differs && !seenAfterMs.has(uid)) seenAfterMs.set(uid, Date.now() - changed);
      pods.set(uid, object);
    },
  });
  const watching = reflector.run(stop.signal);
  try {
    await reflector.waitForSync(stop.signal);
    for (const [uid, pod] of [...pods].slice(0, changes)) {
      const groupId = pod.metadata?.annotations?.[groupIdAnnotation] ?? '';
      // Before the call: the answer may come after the change was seen.
      changedAtMs.set(uid, Date.now());
      await restartGroup(bench.simulator, groupId);
      await delay(1000 / changesPerSecond);
    }
    await eventually('every change is seen', async () => seenAfterMs.size >= changedAtMs.size, { timeoutMs });
  } finally {
    stop.abort();
    await watching;
  }
  const latencies = [...seenAfterMs.values()];
  const seconds = (part: number): string => `${(quantile(latencies, part) / 1000).toFixed(2)} s`;
  report.figure(`${latencies.length} changes in the cloud to Pod status, p50`, seconds(0.5));
  report.figure('the same, p99', seconds(0.99));
  report.figure('the same, longest', seconds(1));
}
