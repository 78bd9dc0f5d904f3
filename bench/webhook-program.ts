/**
 * The webhook for ServiceAccounts in a process of its own, beside an API server in memory: what a caller waits for is the webhook and
 * nothing else. Prints a line of JSON with the memory that it takes while it is off, and one when it serves.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { systemClock } from '../src/clock.ts';
import type { HelperConfig } from '../src/credential-helper/config/model.ts';
import { WEBHOOK_CONFIGURATION } from '../src/credential-helper/names.ts';
import { ServiceAccountWebhook } from '../src/credential-helper/webhook/service-account-webhook.ts';
import { noLog, noMetrics } from '../src/telemetry/types.ts';
import { storedBundle } from '../src/webhook/webhook-configuration.ts';
import { freePort } from '../test/support/child-process.ts';
import { eventually } from '../test/support/eventually.ts';
import { aHelperConfig } from '../test/support/helper-config.ts';
import { MemoryApi } from '../test/support/memory-api.ts';

const api = new MemoryApi();
const port = await freePort();
let config: HelperConfig = aHelperConfig({ serviceAccounts: { kind: 'all' } });
const listeners: (() => void)[] = [];
const webhook = new ServiceAccountWebhook({
  client: api,
  clock: systemClock,
  logger: noLog,
  metrics: noMetrics,
  address: { host: '127.0.0.1', port },
  target: { url: `https://127.0.0.1:${port}` },
  hosts: ['127.0.0.1'],
  ownNamespace: 'kube-system',
  source: {
    current: () => ({ kind: 'complete', config }),
    findings: () => [],
    onChange: (listener) => listeners.push(listener),
    target: () => undefined,
    run: async () => {},
  },
  namespaces: { hasSynced: () => true, list: () => [] },
  conflicts: { isConflicted: () => false, isComplete: () => true },
  reporter: { aboutConfig: () => {}, on: () => {} },
});
void webhook.run(new AbortController().signal);
await eventually('the webhook is off', async () => webhook.isReady());
tell({});
config = { ...config, webhook: { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10 } };
for (const listener of listeners) listener();
await eventually('the webhook serves', async () => webhook.isReady());
const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${WEBHOOK_CONFIGURATION}`;
tell({ port, ca: storedBundle(api.objects.get(path)) });

function tell(fields: object): void {
  // Not process.memoryUsage: this is what the system counts.
  const residentKiB = Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  process.stdout.write(`${JSON.stringify({ residentKiB, ...fields })}\n`);
}
