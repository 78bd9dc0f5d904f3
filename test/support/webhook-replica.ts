import { systemClock } from '../../src/clock.ts';
import { createConfigMapSource } from '../../src/credential-helper/config/config-map-source.ts';
import { CONFIG_NAME, CONFIG_NAMESPACE } from '../../src/credential-helper/names.ts';
import type { Report } from '../../src/credential-helper/report.ts';
import { ServiceAccountWebhook } from '../../src/credential-helper/webhook/service-account-webhook.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import { createReflector } from '../../src/kube/reflector.ts';
import type { KubeObject } from '../../src/kube/types.ts';
import { noLog, noMetrics } from '../../src/telemetry/types.ts';

/** The webhook for ServiceAccounts alone, in this process, with the rights that it ships with: no controller helps it. */
export interface WebhookReplica {
  readonly port: number;
  readonly reports: readonly Report[];
  isReady(): boolean;
  /** Ends as a Pod does that is deleted. */
  stop(): Promise<void>;
}

/** Starts one. @param options.url where the API server finds it, possibly through a Service. */
export async function startWebhookReplica(options: {
  kubeconfigPath: string;
  port: number;
  url: string;
}): Promise<WebhookReplica> {
  const { kubeconfigPath, port, url } = options;
  const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [kubeconfigPath] });
  const common = { clock: systemClock, logger: noLog, metrics: noMetrics };
  const client = createKubeClient({ kubeConfig, ...common });
  const source = createConfigMapSource({ client, ...common, namespace: CONFIG_NAMESPACE, name: CONFIG_NAME });
  const namespaces = createReflector<KubeObject>({ client, ...common, path: '/api/v1/namespaces' });
  const reports: Report[] = [];
  const webhook = new ServiceAccountWebhook({
    client,
    ...common,
    address: { host: '127.0.0.1', port },
    target: { url },
    hosts: ['127.0.0.1'],
    ownNamespace: 'kube-system',
    source,
    namespaces,
    conflicts: { isConflicted: () => false, isComplete: () => false },
    reporter: { aboutConfig: (report) => void reports.push(report), on: () => {} },
  });
  const stop = new AbortController();
  const running = Promise.all([source.run(stop.signal), namespaces.run(stop.signal), webhook.run(stop.signal)]);
  return {
    port,
    reports,
    isReady: () => webhook.isReady(),
    stop: async () => {
      stop.abort();
      await running;
      await client.close();
    },
  };
}
