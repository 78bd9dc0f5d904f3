import type { ConfigSource } from '../../credential-helper/config/source.ts';
import { CONFIG_NAMESPACE } from '../../credential-helper/names.ts';
import type { Reporter } from '../../credential-helper/report.ts';
import { ServiceAccountWebhook } from '../../credential-helper/webhook/service-account-webhook.ts';
import { readOwnNamespace } from '../../kube/own-namespace.ts';
import type { KubeClient } from '../../kube/types.ts';
import type { Base } from '../base.ts';
import { splitAddress, webhookAddress } from '../webhook-address.ts';
import type { Namespaces } from './namespaces.ts';

/** Connects the webhook for new ServiceAccounts, which listens once the configuration turns it on. */
export async function createWebhook(
  base: Base,
  client: KubeClient,
  parts: { source: ConfigSource; reporter: Reporter; namespaces: Namespaces; isLeading: () => boolean },
): Promise<ServiceAccountWebhook> {
  const { config, clock, logger, metrics } = base;
  const { source, reporter, namespaces, isLeading } = parts;
  return new ServiceAccountWebhook({
    client,
    clock,
    logger,
    metrics,
    address: splitAddress(config.webhookAddress),
    ...webhookAddress(config),
    ownNamespace: (await readOwnNamespace()) ?? CONFIG_NAMESPACE,
    source,
    namespaces: namespaces.namespaces,
    conflicts: namespaces.conflicts,
    // Followers find the same, and keep quiet, so that things are told once. What happens to one replica alone is in its log.
    reporter: {
      aboutConfig: (report) => {
        if (isLeading()) reporter.aboutConfig(report);
      },
      on: (target, report) => reporter.on(target, report),
    },
  });
}
