import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import type { PodAccess } from '../../node/kubelet/pod-access.ts';
import type { GroupFinder } from './group-finder.ts';
import { createLogReader } from './logs.ts';
import { createUsageReader } from './usage-reader.ts';

/** Gives access to the containers of running groups. */
export function createPodAccess(options: {
  eci: EciClient;
  groups: GroupFinder;
  clock: Clock;
}): Pick<PodAccess, 'readLog' | 'usage'> {
  return { readLog: createLogReader(options), usage: createUsageReader(options) };
}
