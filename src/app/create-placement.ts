import { configuredNodes } from '../config/configured-nodes.ts';
import type { Config } from '../config/options.ts';
import type { ProfileEffects } from '../profile/profile-effects.ts';
import type { Loop } from '../run-loops.ts';
import { ConfigurationWriter } from '../webhook/configuration-writer.ts';
import { createPlacementWebhooks, PLACEMENT_CONFIGURATION } from '../webhook/placement/placement-webhooks.ts';
import { WebhookHost } from '../webhook/webhook-host.ts';
import type { WebhookTarget } from '../webhook/webhook-configuration.ts';
import type { Base } from './base.ts';
import type { Cluster } from './connect-cluster.ts';

/** The label of every virtual node, by which Pods choose it. */
const NODE_SELECTOR = { type: 'virtual-kubelet' };
const HTTPS_PORT = 443;

/** Connects the webhook that leads Pods to the node, or takes away what an earlier run left of it. */
export function createPlacement(base: Base, { client }: Cluster, effects: ProfileEffects): Loop[] {
  const { config, logger, metrics, clock } = base;
  const taints = configuredNodes(config).flatMap((node) => node.taints);
  if (!config.placementWebhook) {
    const writer = new ConfigurationWriter({ client, logger, name: PLACEMENT_CONFIGURATION });
    return [{ name: 'placement clean-up', run: (signal) => removeOnce(writer, base, signal) }];
  }
  const set = createPlacementWebhooks({
    failurePolicy: config.placementFailurePolicy,
    logger,
    placementOf: async (pod) => {
      const placement = { taints, nodeSelector: NODE_SELECTOR };
      try {
        return { ...placement, effects: await effects.of(pod) };
      } catch (error) {
        // The annotations are added again when the Pod is created at ECI; only labels are lost.
        logger.warn('a Pod is placed without the effects of eci-profile', {
          namespace: pod.metadata?.namespace,
          error,
        });
        return placement;
      }
    },
  });
  const { host, port } = splitAddress(config.webhookAddress);
  const webhooks = new WebhookHost({
    client,
    clock,
    logger,
    metrics,
    address: { host, port },
    ...reachedAt(config),
    secret: named(config.webhookSecret),
    sets: [set],
  });
  return [{ name: 'placement webhook', run: (signal) => webhooks.run(signal) }];
}

/** How the API server finds us, and the names that the certificate needs for it. */
function reachedAt({ webhookUrl, webhookService, clusterDomain }: Config): { target: WebhookTarget; hosts: string[] } {
  if (webhookUrl !== undefined) {
    const { hostname } = new URL(webhookUrl);
    return { target: { url: webhookUrl }, hosts: [hostname.replace(/^\[(.*)\]$/, '$1')] };
  }
  const service = named(webhookService);
  const host = `${service.name}.${service.namespace}.svc`;
  return {
    target: { service: { ...service, port: HTTPS_PORT } },
    hosts: [host, `${host}.${clusterDomain}`],
  };
}

async function removeOnce(
  writer: ConfigurationWriter,
  { config, logger, clock }: Base,
  signal: AbortSignal,
): Promise<void> {
  await writer
    .remove(reachedAt(config).target)
    .catch((error: unknown) => logger.warn('the webhook configuration was not removed', { error }));
  while (!signal.aborted) await clock.sleep(86_400_000, signal).catch(() => {});
}

function named(text: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(colon + 1)) };
}
