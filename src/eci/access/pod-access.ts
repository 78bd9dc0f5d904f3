import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import type { PodAccess } from '../../node/kubelet/pod-access.ts';
import type { Secret } from '../../secret.ts';
import { createExecStarter } from './exec.ts';
import type { GroupFinder } from './group-finder.ts';
import { createLogReader } from './logs.ts';
import type { MessageSocket } from './message-socket.ts';
import { createUsageReader } from './usage-reader.ts';

/** Gives access to the containers of running groups. */
export function createPodAccess(options: {
  eci: EciClient;
  groups: GroupFinder;
  clock: Clock;
  /** Connects to a running command. */
  connect: (webSocketUri: Secret) => Promise<MessageSocket>;
}): PodAccess {
  return { readLog: createLogReader(options), exec: createExecStarter(options), usage: createUsageReader(options) };
}
