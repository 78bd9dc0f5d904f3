import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import type { PodAccess } from '../../node/kubelet/pod-access.ts';
import { createLogReader } from './logs.ts';
import { createUsageReader } from './usage-reader.ts';

/** Gives access to the containers of running groups. @param options.groupOf the id of a Pod's container group, if there is one. */
export function createPodAccess(options: {
  eci: EciClient;
  groupOf: (uid: string) => string | undefined;
  clock: Clock;
}): Pick<PodAccess, 'readLog' | 'usage'> {
  return { readLog: createLogReader(options), usage: createUsageReader(options) };
}
