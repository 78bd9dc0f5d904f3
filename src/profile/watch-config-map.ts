import type { Clock } from '../clock.ts';
import { createReflector } from '../kube/reflector.ts';
import type { ConfigMap, EventRecorder, KubeClient } from '../kube/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import type { Profile } from './profile.ts';

/** What the watch of a profile works with. */
export interface WatchConfigMapOptions {
  client: KubeClient;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  events: EventRecorder;
  profile: Profile<unknown>;
  namespace: string;
  name: string;
}

/** Takes every change of the ConfigMap to the profile, until `signal` fires. A rejected one is told on the ConfigMap itself. */
export async function watchConfigMap(options: WatchConfigMapOptions, signal: AbortSignal): Promise<void> {
  const { client, clock, logger, metrics, events, profile, namespace, name } = options;
  const reflector = createReflector<ConfigMap>({
    client,
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    fieldSelector: `metadata.name=${name}`,
    clock,
    logger,
    metrics,
    onEvent: ({ type, object }) => {
      const change = profile.change(type === 'deleted' ? {} : (object.data ?? {}));
      if (change.kind !== 'rejected' || type === 'deleted') return;
      const target = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name, uid: object.metadata?.uid ?? '' };
      const message = `eci-kubelet goes on with what it read before. ${change.problems.join('; ')}`;
      events.emit(target, 'Warning', 'ProfileInvalid', message);
    },
  });
  await reflector.run(signal);
}
