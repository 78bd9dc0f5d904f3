import type { Clock } from '../../../clock.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Logger, Metrics } from '../../../telemetry/types.ts';
import type { ForwardPolicy } from '../port-forward/destination.ts';
import type { LogLine, PodAccess } from '../pod-access.ts';
import type { StreamTimeouts } from './spdy-client-streams.ts';

/** What exec, attach, port-forward and run work with. */
export interface StreamsOptions {
  access: Pick<PodAccess, 'exec'>;
  /** The last lines of a running container's log and then what comes, until it has ended. @throws PodAccessError. */
  followLog: (pod: Pod, container: string, signal: AbortSignal) => AsyncIterable<readonly LogLine[]>;
  /** @returns the Pod as it is now, if it is there. */
  podByUid: (uid: string) => Pod | undefined;
  timeouts: StreamTimeouts;
  /** Connections to Pods are made from this address of ours; any when absent. */
  portForwardAddress?: string;
  portForwardPolicy: ForwardPolicy;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}
