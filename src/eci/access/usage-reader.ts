import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import type { PodUsage } from '../../node/kubelet/pod-access.ts';
import { accessError } from './access-error.ts';
import type { GroupFinder } from './group-finder.ts';
import { toPodUsage } from './usage.ts';

/** Source: ECI API reference, DescribeMultiContainerGroupMetric: at most 20 ids. */
const BATCH = 20;
/** Enough to hide latency; more would only wait for the rate budget in another place. */
const CONCURRENT_BATCHES = 4;

/**
 * Reads what container groups use, 20 at a time. A batch that fails leaves its Pods out.
 * @throws PodAccessError when every batch failed: the last failure.
 */
export function createUsageReader(options: {
  eci: Pick<EciClient, 'describeMultiContainerGroupMetric'>;
  groups: GroupFinder;
  clock: Clock;
}): (uids: readonly string[]) => Promise<ReadonlyMap<string, PodUsage>> {
  const { eci, groups, clock } = options;
  return async (uids) => {
    const found = await groups.find(uids).catch((error: unknown) => {
      throw accessError('find the container groups of the Pods', error);
    });
    const uidByGroup = new Map([...found].map(([uid, id]) => [id, uid]));
    const batches = inBatches([...uidByGroup.keys()]);
    const usages = new Map<string, PodUsage>();
    let failures = 0;
    let lastFailure: unknown;
    const work = async (): Promise<void> => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        try {
          for (const row of await eci.describeMultiContainerGroupMetric({ containerGroupIds: batch })) {
            const uid = uidByGroup.get(row.containerGroupId);
            if (uid !== undefined) usages.set(uid, toPodUsage(row, clock.nowMs()));
          }
        } catch (error) {
          failures += 1;
          lastFailure = error;
        }
      }
    };
    const all = batches.length;
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_BATCHES, all) }, work));
    if (all > 0 && failures === all) throw accessError('read what the Pods use', lastFailure);
    return usages;
  };
}

function inBatches(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) =>
    ids.slice(index * BATCH, (index + 1) * BATCH),
  );
}
