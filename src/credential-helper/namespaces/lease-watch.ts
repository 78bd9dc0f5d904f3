import type { Clock } from '../../clock.ts';
import { isNotFound } from '../../kube/errors.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, Lease } from '../../kube/types.ts';

const LOOK_MS = 1000;
/** What is waited for a lease that says nothing of its length, or an absurd one. */
const DEFAULT_SECONDS = 15;
const MAX_SECONDS = 120;

/**
 * Finds out whether anybody holds a Lease, as candidates do: by watching whether it is renewed. Times in it are of another clock.
 * Takes moments where somebody leads or nobody holds it, and as long as the Lease lasts after a holder that died.
 * @returns who leads.
 */
export async function findHolder(options: {
  client: Pick<KubeClient, 'get'>;
  clock: Clock;
  lease: { namespace: string; name: string };
}): Promise<string | undefined> {
  const { client, clock, lease } = options;
  const path = resourcePath({ apiVersion: 'coordination.k8s.io/v1', resource: 'leases', ...lease });
  const read = async (): Promise<Lease['spec']> => {
    try {
      return (await client.get<Lease>(path)).spec;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const first = await read();
  const seconds = first?.leaseDurationSeconds ?? DEFAULT_SECONDS;
  const untilMs = clock.nowMs() + Math.min(seconds, MAX_SECONDS) * 1000;
  for (let now = first; ; now = await read()) {
    const { holderIdentity = '' } = now ?? {};
    if (holderIdentity === '') return undefined;
    if (JSON.stringify(now) !== JSON.stringify(first)) return holderIdentity;
    if (clock.nowMs() >= untilMs) return undefined;
    await clock.sleep(LOOK_MS);
  }
}
