import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aHelperConfig } from '../../../support/helper-config.ts';
import { MemoryApi } from '../../../support/memory-api.ts';
import { aNamespace, bundleIn, CONFIGURATION_PATH, ON, specIn, storedIn, WebhookReplica } from './webhook-cluster.ts';

describe('the life of the webhook for ServiceAccounts', () => {
  let api: MemoryApi;
  let clock: FakeClock;
  const replicas: WebhookReplica[] = [];
  const aReplica = async (service?: string): Promise<WebhookReplica> => {
    const replica = await WebhookReplica.make(api, clock, service);
    replicas.push(replica);
    return replica;
  };

  beforeEach(() => {
    api = new MemoryApi();
    // On the time of the machine: TLS looks at that one.
    clock = new FakeClock(Date.now());
  });
  afterEach(async () => {
    for (const replica of replicas.splice(0)) await replica.stop();
  });

  const messages = (replica: WebhookReplica): string[] => replica.reports.map(({ message }) => message);

  it('serves, and attaches, once it is turned on', async () => {
    const replica = await (await aReplica()).start({ webhook: ON });
    assert.deepEqual(specIn(api).namespaceSelector, {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['default'] }],
    });
    assert.deepEqual([specIn(api).failurePolicy, specIn(api).timeoutSeconds], ['Ignore', 10]);
    assert.ok(await replica.attaches(bundleIn(api)));
    assert.ok(!(await replica.attaches(bundleIn(api), 'team-a')));
    assert.equal(replica.webhook.isReady(), false);
    await clock.advance(3000);
    assert.equal(replica.webhook.isReady(), true);
  });

  it('is off without listening anywhere or writing anything, and is ready then', async () => {
    const replica = await (await aReplica()).start({});
    assert.equal(replica.webhook.isReady(), true);
    assert.deepEqual(api.writes, []);
    const taken = createServer();
    await new Promise<void>((resolve, reject) => {
      taken.once('error', reject);
      taken.listen(replica.port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => taken.close(resolve));
  });

  it('follows the configuration at once', async () => {
    const replica = await (await aReplica()).start({ webhook: ON });
    await replica.configure({
      webhook: { enabled: true, failurePolicy: 'Fail', timeoutSeconds: 30 },
      namespaces: { kind: 'named', names: ['team-a'] },
    });
    const { failurePolicy, timeoutSeconds, namespaceSelector } = specIn(api);
    assert.deepEqual([failurePolicy, timeoutSeconds], ['Fail', 30]);
    assert.deepEqual(namespaceSelector?.matchExpressions?.[0]?.values, ['team-a']);
    assert.ok(await replica.attaches(bundleIn(api), 'team-a'));
    assert.ok(!(await replica.attaches(bundleIn(api), 'default')));
    await replica.configure({});
    assert.equal(storedIn(api), undefined);
    assert.equal(replica.webhook.isReady(), true);
  });

  it('still answers API servers that have not heard that it was turned off', async () => {
    const replica = await (await aReplica()).start({ webhook: ON });
    const ca = bundleIn(api);
    await replica.configure({});
    assert.ok(await replica.attaches(ca));
  });

  it('removes what an earlier run left, and what comes back from a backup', async () => {
    const earlier = await (await aReplica()).start({ webhook: ON });
    const left = structuredClone(storedIn(api));
    await earlier.configure({});
    assert.ok(left !== undefined);
    api.objects.set(CONFIGURATION_PATH, structuredClone(left));
    const replica = await (await aReplica()).start({});
    assert.equal(storedIn(api), undefined);
    api.objects.set(CONFIGURATION_PATH, left);
    await replica.pass(60_000);
    assert.equal(storedIn(api), undefined);
  });

  const edits: Readonly<Record<string, (webhook: Record<string, unknown>) => void>> = {
    'the failure policy': (webhook) => (webhook['failurePolicy'] = 'Fail'),
    'the address': (webhook) => (webhook['clientConfig'] = { url: 'https://elsewhere.example' }),
    'the selector': (webhook) => (webhook['namespaceSelector'] = {}),
    'the objects': (webhook) => (webhook['objectSelector'] = { matchLabels: { app: 'x' } }),
    'the rules': (webhook) => (webhook['rules'] = []),
  };
  for (const [what, edit] of Object.entries(edits)) {
    it(`puts right within seconds that somebody changes ${what}`, async () => {
      const replica = await (await aReplica()).start({ webhook: ON });
      const before = structuredClone(storedIn(api)?.['webhooks']);
      api.edit(CONFIGURATION_PATH, (object) => edit((object['webhooks'] as Record<string, unknown>[])[0] ?? {}));
      await replica.pass(5000);
      assert.deepEqual(storedIn(api)?.['webhooks'], before);
    });
  }

  it('is back within seconds when somebody deletes it', async () => {
    const replica = await (await aReplica()).start({ webhook: ON });
    await api.delete(CONFIGURATION_PATH);
    await replica.pass(5000);
    assert.ok(await replica.attaches(bundleIn(api)));
  });

  it('changes nothing but what is trusted while nobody knows how it should be, and refuses nobody', async () => {
    await (await aReplica()).start({ webhook: { ...ON, failurePolicy: 'Fail' } });
    const before = structuredClone(specIn(api));
    const restarted = await (await aReplica()).start();
    const { clientConfig: _, ...rest } = specIn(api) as WebhookSpecWithClient;
    const { clientConfig: __, ...same } = before as WebhookSpecWithClient;
    assert.deepEqual(rest, same);
    const { response } = await restarted.ask(bundleIn(api));
    assert.deepEqual([response.allowed, response.patch], [true, undefined]);
    await clock.advance(3000);
    assert.equal(restarted.webhook.isReady(), false);
  });

  it('makes nothing where nothing stands while nobody knows how it should be', async () => {
    const replica = await (await aReplica()).start();
    const { webhook: _unreadable, ...config } = aHelperConfig();
    await replica.know({ kind: 'complete', config });
    replica.hasSynced = false;
    await replica.configure({ webhook: ON });
    assert.deepEqual(api.writes, []);
    assert.equal(replica.webhook.isReady(), false);
    replica.hasSynced = true;
    // Not before it was written either.
    assert.equal(replica.webhook.isReady(), false);
    await replica.pass(5000);
    assert.equal(api.writes.length, 1);
    assert.equal(replica.webhook.isReady(), false);
    await clock.advance(3000);
    assert.equal(replica.webhook.isReady(), true);
  });

  it('leaves the configuration of another installation alone, and tells', async () => {
    await (await aReplica('theirs')).start({ webhook: ON });
    const before = structuredClone(storedIn(api));
    const replica = await (await aReplica('ours')).start({ webhook: ON });
    assert.deepEqual(storedIn(api), before);
    assert.match(messages(replica).join(), /is not of this installation \(kube-system\/ours\)/);
    await replica.configure({});
    assert.deepEqual(storedIn(api), before);
  });

  it('tells what is missing where it may not write', async () => {
    api.refuse(/mutatingwebhookconfigurations/, 'Forbidden', 403);
    const replica = await (await aReplica()).start({ webhook: ON });
    assert.match(messages(replica).join(), /may not write .*components\/webhook/);
    assert.equal(replica.webhook.isReady(), false);
    await replica.configure({});
    assert.equal(replica.webhook.isReady(), true);
  });

  it('asks about every namespace, and never refuses, as soon as one has no label with its name', async () => {
    const replica = await (await aReplica()).start({ webhook: { ...ON, failurePolicy: 'Fail' } });
    assert.equal(specIn(api).failurePolicy, 'Fail');
    replica.namespaces = [...replica.namespaces, { metadata: { name: 'new' } }];
    await replica.pass(5000);
    assert.deepEqual([specIn(api).failurePolicy, specIn(api).namespaceSelector], ['Ignore', {}]);
    assert.match(messages(replica).join(), /failure-policy Fail: not every namespace has the label/);
    replica.namespaces = [aNamespace('default')];
    await replica.pass(5000);
    assert.equal(specIn(api).failurePolicy, 'Fail');
  });

  it('attaches nothing where the Secret is somebody else’s, on replicas that read no Secrets either', async () => {
    const leader = await aReplica();
    leader.leads = true;
    leader.conflicts.add('team-a');
    const all = { webhook: ON, namespaces: { kind: 'all' } } as const;
    await leader.start(all);
    const follower = await (await aReplica()).start(all);
    for (const replica of [leader, follower]) {
      assert.deepEqual(
        [await replica.attaches(bundleIn(api), 'team-a'), await replica.attaches(bundleIn(api), 'default')],
        [false, true],
      );
    }
    leader.conflicts.clear();
    await leader.pass(10_000);
    assert.ok(await follower.attaches(bundleIn(api), 'team-a'));
  });

  it('sends callers away while it ends', async () => {
    const replica = await (await aReplica()).start({ webhook: ON });
    const agent = new Agent({ keepAlive: true });
    const ask = async (): Promise<string[]> => {
      const { connection, response } = await replica.ask(bundleIn(api), 'default', agent);
      return [connection, response.patch === undefined ? 'nothing' : 'attached'];
    };
    try {
      assert.deepEqual(await ask(), ['keep-alive', 'attached']);
      await clock.advance(3000);
      await replica.beginToStop();
      assert.equal(replica.webhook.isReady(), false);
      assert.deepEqual(await ask(), ['close', 'attached']);
      await replica.stop();
      await assert.rejects(ask(), { code: 'ECONNREFUSED' });
    } finally {
      agent.destroy();
    }
  });

  it('tells that its address is taken, and serves once it is free', async () => {
    const replica = await aReplica();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(replica.port, '127.0.0.1', resolve));
    await replica.start({ webhook: ON });
    assert.match(messages(replica).join(), /127\.0\.0\.1:\d+ cannot be listened on: .*EADDRINUSE/);
    assert.deepEqual([storedIn(api), replica.webhook.isReady()], [undefined, false]);
    await new Promise((resolve) => taken.close(resolve));
    await replica.pass(5000);
    assert.ok(await replica.attaches(bundleIn(api)));
  });
});

type WebhookSpecWithClient = ReturnType<typeof specIn> & { clientConfig: unknown };
