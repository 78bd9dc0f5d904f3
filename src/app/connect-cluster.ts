import { scrub } from '../alibaba/scrub.ts';
import { createKubeClient } from '../kube/client.ts';
import type { ClosableKubeClient, KubeClientOptions } from '../kube/client.ts';
import { readClusterFacts } from '../kube/cluster-facts.ts';
import type { ClusterFacts } from '../kube/cluster-facts.ts';
import type { EventSource } from '../kube/event-object.ts';
import { createEventRecorder } from '../kube/events.ts';
import { locateKubeConfig } from '../kube/kube-config-location.ts';
import { loadKubeConfig } from '../kube/kube-config.ts';
import type { EventRecorder } from '../kube/types.ts';
import type { Base } from './base.ts';

/** Environment variables, as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The API server: how to speak to it, what it is, and where events go. */
export interface Cluster {
  client: ClosableKubeClient;
  facts: ClusterFacts;
  events: EventRecorder;
}

/**
 * Finds the API server as every client does, and asks it what it is.
 * @throws EciKubeletError when there is no usable kubeconfig, or the API server cannot be reached.
 */
export async function connectCluster(base: Base, env: Environment): Promise<Cluster> {
  const client = await createClient(base, env);
  const events = createEvents(base, client, { component: 'eci-kubelet', host: base.config.nodeName });
  return { client, facts: await readClusterFacts(client), events };
}

/** Creates the recorder of events. @param source whom they are from. */
export function createEvents(base: Base, client: ClosableKubeClient, source: EventSource): EventRecorder {
  const { logger, metrics, clock, random } = base;
  return createEventRecorder({ client, clock, source, scrub, random, logger, metrics });
}

/**
 * Finds the API server. Nothing is sent before the first call.
 * @param options.trim makes listed and watched objects smaller, in place.
 * @throws EciKubeletError when there is no usable kubeconfig.
 */
export async function createClient(
  base: Base,
  env: Environment,
  options: Pick<KubeClientOptions, 'trim'> = {},
): Promise<ClosableKubeClient> {
  const { config, logger, metrics, clock, random, userAgent } = base;
  const kubeConfig = await loadKubeConfig(
    locateKubeConfig({
      path: config.kubeconfig,
      kubeconfigVariable: env['KUBECONFIG'],
      serviceHost: env['KUBERNETES_SERVICE_HOST'],
      servicePort: env['KUBERNETES_SERVICE_PORT'],
      homeDir: env['HOME'],
    }),
  );
  return createKubeClient({
    kubeConfig,
    clock,
    random,
    logger,
    metrics,
    userAgent,
    scrub,
    queriesPerSecond: config.apiQps,
    burst: config.apiBurst,
    ...options,
  });
}
