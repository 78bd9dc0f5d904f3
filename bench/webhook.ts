import { Agent } from 'node:https';
import { join } from 'node:path';
import { ATTACH_PATH } from '../src/credential-helper/webhook/webhook-spec.ts';
import { callWebhook } from '../test/support/admission-caller.ts';
import { startProgram } from '../test/support/child-process.ts';
import { findControlPlane } from '../test/support/control-plane.ts';
import type { Benchmark } from './benchmark.ts';
import { makePacedCalls } from './paced-calls.ts';
import type { Report } from './report.ts';
import { reportLatencies } from './report-latencies.ts';
import { measureThroughApiServer } from './webhook-in-cluster.ts';

const load = { perSecond: 100, seconds: 20 };

/** What whoever creates a ServiceAccount waits for. */
export const webhook: Benchmark = {
  name: 'webhook',
  about: `${load.perSecond} ServiceAccounts a second for ${load.seconds} s, at the webhook itself and through the API server`,
  async run(report) {
    report.heading(
      `webhook: ${load.perSecond} creations a second for ${load.seconds} s, over TLS connections that are kept`,
    );
    await measureItself(report);
    if (findControlPlane() === undefined) report.remark('nothing through an API server: there is no control plane');
    else await measureThroughApiServer(report, load);
  },
};

async function measureItself(report: Report): Promise<void> {
  const program = startProgram([join(import.meta.dirname, 'webhook-program.ts')]);
  // As many connections as an API server keeps to one host. Source: k8s.io/client-go, transport cache.
  const agent = new Agent({ keepAlive: true, maxSockets: 25 });
  try {
    const [, off = ''] = await program.waitForOutput(/^\{"residentKiB":(\d+)\}$/m);
    const [line] = await program.waitForOutput(/^\{.*"port".*\}$/m);
    const { port, ca, residentKiB } = JSON.parse(line) as { port: number; ca: string; residentKiB: number };
    const calls = await makePacedCalls(load, async (index) => {
      const object = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: `app-${index}`, namespace: 'default' },
      };
      const request = {
        uid: `u-${index}`,
        operation: 'CREATE',
        kind: { kind: 'ServiceAccount' },
        namespace: 'default',
        object,
      };
      const { response } = await callWebhook({ port, ca, agent, path: ATTACH_PATH, request });
      if (response.patch === undefined) throw new Error('it was not attached');
    });
    reportLatencies(report, 'answer of the webhook itself', calls);
    const mib = (kib: number): string => `${(kib / 1024).toFixed(1)} MiB`;
    report.figure('memory for turning it on, before any call', mib(residentKiB - Number(off)));
  } finally {
    agent.destroy();
    await program.kill('SIGTERM');
  }
}
