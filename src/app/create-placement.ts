import { configuredNodes } from '../config/configured-nodes.ts';
import type { ProfileEffects } from '../profile/profile-effects.ts';
import type { Loop } from '../run-loops.ts';
import { CertificateManager } from '../webhook/certificates/certificate-manager.ts';
import { ConfigurationWriter } from '../webhook/configuration-writer.ts';
import { createPlacementWebhooks, PLACEMENT_CONFIGURATION } from '../webhook/placement/placement-webhooks.ts';
import { WebhookHost } from '../webhook/webhook-host.ts';
import type { WebhookOwner } from '../webhook/webhook-configuration.ts';
import type { Base } from './base.ts';
import type { Cluster } from './connect-cluster.ts';
import { splitAddress, splitName, webhookAddress } from './webhook-address.ts';

/** The label of every virtual node, by which Pods choose it. */
const NODE_SELECTOR = { type: 'virtual-kubelet' };
const OWNER: WebhookOwner = { managedBy: 'eci-kubelet' };

/** Connects the webhook that leads Pods to the node, or takes away what an earlier run left of it. */
export function createPlacement(base: Base, { client }: Cluster, effects: ProfileEffects): Loop[] {
  const { config, logger, metrics, clock } = base;
  const taints = configuredNodes(config).flatMap((node) => node.taints);
  const { target, hosts } = webhookAddress(config);
  if (!config.placementWebhook) {
    const writer = new ConfigurationWriter({ client, logger, name: PLACEMENT_CONFIGURATION, owner: OWNER, target });
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
  const secret = splitName(config.webhookSecret);
  const webhooks = new WebhookHost({
    client,
    clock,
    logger,
    metrics,
    address: splitAddress(config.webhookAddress),
    target,
    owner: OWNER,
    certificates: new CertificateManager({ client, clock, logger, secret, hosts }),
    sets: () => [set],
  });
  return [{ name: 'placement webhook', run: (signal) => webhooks.run(signal) }];
}

async function removeOnce(writer: ConfigurationWriter, { logger, clock }: Base, signal: AbortSignal): Promise<void> {
  await writer.remove().catch((error: unknown) => logger.warn('the webhook configuration was not removed', { error }));
  while (!signal.aborted) await clock.sleep(86_400_000, signal).catch(() => {});
}
