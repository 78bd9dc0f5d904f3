import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { noLog, noMetrics } from '../../../../src/telemetry/types.ts';
import { MemoryCertificates } from '../../../../src/webhook/certificates/memory-certificates.ts';
import { storedBundle } from '../../../../src/webhook/webhook-configuration.ts';
import { WebhookHost } from '../../../../src/webhook/webhook-host.ts';
import { callWebhook } from '../../../support/admission-caller.ts';
import { freePort } from '../../../support/child-process.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { MemoryApi } from '../../../support/memory-api.ts';

const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/ours';
const MINUTE_MS = 60_000;
/** Renewed after twenty; an authority is valid an hour before it was made, which is as far as the fake clock can be ahead of TLS. */
const LIFE_MS = 40 * MINUTE_MS;
/** How much later an API server learns of a change. */
const LAG_MS = 2999;

interface Replica {
  host: WebhookHost;
  port: number;
  stop: AbortController;
  ended: Promise<void>;
}

class Cluster {
  readonly api = new MemoryApi();
  /** On the time of the machine: TLS looks at that one. */
  readonly clock = new FakeClock(Date.now());
  readonly running = new Set<Replica>();

  async start(): Promise<Replica> {
    const port = await freePort();
    const host = new WebhookHost({
      ...{ client: this.api, clock: this.clock, logger: noLog, metrics: noMetrics },
      address: { host: '127.0.0.1', port },
      target: { url: 'https://127.0.0.1' },
      owner: { managedBy: 'test', installation: 'one' },
      certificates: new MemoryCertificates({
        ...{ clock: this.clock, logger: noLog, name: 'test', hosts: ['127.0.0.1'], lifeMs: LIFE_MS },
      }),
      sets: () => [
        {
          configuration: 'ours',
          webhooks: [
            {
              ...{ name: 'a.b.c', path: '/ok', rules: [], failurePolicy: 'Fail', timeoutSeconds: 5 },
              reinvocationPolicy: 'Never',
            },
          ],
          handlers: new Map([['/ok', () => ({ warnings: ['seen'] })]]),
        },
      ],
      lookMs: 5000,
      drainMs: 5000,
    });
    const stop = new AbortController();
    const replica = { host, port, stop, ended: host.run(stop.signal) };
    this.running.add(replica);
    await this.settle();
    return replica;
  }

  /** Waits until everybody sleeps again: keys are made outside of the event loop. */
  async settle(): Promise<void> {
    for (let time = 0; this.clock.sleeping() < this.running.size; time += 1) {
      assert.ok(time < 100_000, 'a replica does not come to rest');
      await turn();
    }
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.settle();
  }

  bundle(): string {
    return storedBundle(this.api.objects.get(CONFIGURATION));
  }

  async end(): Promise<void> {
    for (const { stop } of this.running) stop.abort();
    const ended = Promise.all([...this.running].map((replica) => replica.ended));
    await this.clock.advance(5000);
    await ended;
  }
}

const call = async ({ port }: Replica, ca: string): Promise<unknown> =>
  (await callWebhook({ port, path: '/ok', ca, request: { uid: 'u', operation: 'CREATE' } })).response.warnings;
const authorities = (bundle: string): number => bundle.split('BEGIN CERTIFICATE').length - 1;

describe('certificates that never leave the process', () => {
  let cluster: Cluster;
  beforeEach(() => (cluster = new Cluster()));
  afterEach(async () => await cluster.end());

  it('are believed by whoever trusts the configuration, on every replica that is ready, through renewals and restarts', async () => {
    let replicas = [await cluster.start(), await cluster.start()];
    await cluster.pass(5000);
    assert.ok(replicas.every(({ host }) => host.isReady()));
    let known = cluster.bundle();
    const seen = new Set<string>();
    for (let step = 1; step <= 55; step += 1) {
      if (step % 15 === 0) {
        const [old, other] = replicas as [Replica, Replica];
        old.stop.abort();
        await cluster.clock.advance(0);
        // The Service sends no new calls, and those that are under way are answered.
        assert.equal(old.host.isReady(), false);
        assert.deepEqual(await call(old, known), ['seen']);
        await cluster.clock.advance(5000);
        await old.ended;
        cluster.running.delete(old);
        replicas = [other, await cluster.start()];
      }
      await cluster.pass(MINUTE_MS - LAG_MS);
      known = cluster.bundle();
      await cluster.pass(LAG_MS);
      for (const replica of replicas) {
        assert.ok(replica.host.isReady(), `in minute ${step}`);
        assert.deepEqual(await call(replica, known), ['seen'], `in minute ${step}`);
      }
      for (const pem of known.split(/(?<=-----END CERTIFICATE-----\n)/)) seen.add(pem);
    }
    // Five replicas, of which some have renewed, and nothing that is over.
    assert.ok(
      seen.size >= 7 && authorities(known) < seen.size,
      `${seen.size} were seen, ${authorities(known)} are left`,
    );
  });

  it('make a replica ready a moment after the configuration trusts it, and not while it does not', async () => {
    cluster.api.refuse(/^create/, 'Forbidden', 403, 1);
    const replica = await cluster.start();
    assert.equal(replica.host.isReady(), false);
    await cluster.pass(5000);
    assert.ok(authorities(cluster.bundle()) === 1);
    assert.equal(replica.host.isReady(), false);
    await cluster.clock.advance(3000);
    assert.equal(replica.host.isReady(), true);
  });

  it('are made known again when somebody takes them out, and until then the replica is not ready', async () => {
    const [one, two] = [await cluster.start(), await cluster.start()];
    await cluster.pass(5000);
    cluster.api.edit(CONFIGURATION, (object) => {
      const webhooks = object['webhooks'] as { clientConfig: { caBundle: string } }[];
      for (const { clientConfig } of webhooks) clientConfig.caBundle = Buffer.from('gone').toString('base64');
    });
    await cluster.pass(5000);
    assert.equal(authorities(cluster.bundle()), 2);
    assert.deepEqual([one.host.isReady(), two.host.isReady()], [false, false]);
    await cluster.clock.advance(3000);
    assert.deepEqual([one.host.isReady(), two.host.isReady()], [true, true]);
    for (const replica of [one, two]) assert.deepEqual(await call(replica, cluster.bundle()), ['seen']);
  });

  it('of one replica are not believed by who does not know it', async () => {
    const one = await cluster.start();
    const known = cluster.bundle();
    const two = await cluster.start();
    assert.deepEqual(await call(one, known), ['seen']);
    await assert.rejects(call(two, known));
  });

  it('do not meet each other’s writes: replicas that start at once are all trusted', async () => {
    let others = 3;
    cluster.api.beforeWrite = () => {
      if (others === 0) return;
      others -= 1;
      if (cluster.api.objects.has(CONFIGURATION)) cluster.api.edit(CONFIGURATION, () => {});
    };
    await Promise.all([cluster.start(), cluster.start(), cluster.start()]);
    await cluster.pass(5000);
    assert.equal(authorities(cluster.bundle()), 3);
  });

  it('cost one write each, and none while nothing is due', async () => {
    await cluster.start();
    await cluster.start();
    for (let time = 0; time < 20; time += 1) await cluster.pass(5000);
    assert.equal(cluster.api.writes.length, 2);
  });
});
