import { systemClock } from '../src/clock.ts';
import { createReflector } from '../src/kube/reflector.ts';
import type { Pod } from '../src/kube/types.ts';
import { eventually } from '../test/support/eventually.ts';
import type { Workbench } from './workbench.ts';

/** Pods in parallel: enough to keep the API server busy, few enough for its queue not to be what is measured. */
const creators = 16;

const timeoutMs = 600_000;

/** When things happened to one Pod, epoch milliseconds. */
export interface PodTimes {
  /** When the request that creates the Pod, already bound, was sent. */
  boundAtMs: number;
  /** When a watcher saw it Running. */
  runningAtMs: number;
}

/**
 * Creates Pods as fast as the API server takes them and waits until all of them run.
 * @param makers of Pods, used in turn.
 * @returns times by UID.
 */
export async function runPodBurst(
  bench: Workbench,
  makers: readonly ((name: string) => Pod)[],
  count: number,
): Promise<Map<string, PodTimes>> {
  const boundAtMs = new Map<string, number>();
  const runningAtMs = new Map<string, number>();
  const stop = new AbortController();
  const reflector = createReflector<Pod>({
    client: bench.client,
    path: '/api/v1/namespaces/default/pods',
    clock: systemClock,
    onEvent: ({ object }) => {
      const uid = object.metadata?.uid ?? '';
      if (object.status?.phase === 'Running' && !runningAtMs.has(uid)) runningAtMs.set(uid, Date.now());
    },
  });
  const watching = reflector.run(stop.signal);
  try {
    await reflector.waitForSync(stop.signal);
    let next = 0;
    const create = async (): Promise<void> => {
      while (next < count) {
        const index = next;
        next += 1;
        const pod = makers[index % makers.length]?.(`bench-${index}`);
        const sentAtMs = Date.now();
        const created = await bench.client.create<Pod>('/api/v1/namespaces/default/pods', pod ?? {});
        boundAtMs.set(created.metadata?.uid ?? '', sentAtMs);
      }
    };
    await Promise.all(Array.from({ length: creators }, create));
    await eventually(`${count} Pods run`, async () => runningAtMs.size >= count, { timeoutMs, everyMs: 200 });
  } finally {
    stop.abort();
    await watching;
  }
  return new Map(
    [...boundAtMs].map(([uid, bound]) => [uid, { boundAtMs: bound, runningAtMs: runningAtMs.get(uid) ?? NaN }]),
  );
}
