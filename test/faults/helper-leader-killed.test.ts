import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createKubeClient } from '../../src/kube/client.ts';
import type { ClosableKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import type { KubeSecret, Lease, ServiceAccount } from '../../src/kube/types.ts';
import { systemClock } from '../../src/clock.ts';
import { EXPIRES_AT_ANNOTATION, SECRET_NAME } from '../../src/credential-helper/names.ts';
import { readDockerConfig } from '../support/docker-config.ts';
import { eventually } from '../support/eventually.ts';
import { createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { createMovedClock } from '../support/moved-clock.ts';
import { recordHistory } from '../support/object-history.ts';
import type { ObjectHistory } from '../support/object-history.ts';
import { pullStatus } from '../support/registry-login.ts';

const KILLS = 50;
const namespaces = ['helper-kills-a', 'helper-kills-b', 'helper-kills-c'];
const host = 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com';
const foreign = [{ name: 'of-a-chart' }, { name: 'of-the-team' }];
const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
/** Of the ten minutes that are left of a password when a renewal is due and its leader is killed. */
const LEFT_MS = 600_000;
const WATCH_LAG_MS = 1_000;

/** Two replicas, and a leader that never lives to see the end of a renewal if chance will have it so. */
describe(`a credential helper whose leader is killed ${KILLS} times while it renews`, function () {
  this.timeout(1_500_000);
  const clock = createMovedClock();
  let platform: HelperPlatform;
  let client: ClosableKubeClient;
  let accounts: ObjectHistory<ServiceAccount>[];
  let secrets: ObjectHistory<KubeSecret>[];
  let leases: ObjectHistory<Lease>;
  let replicas: HelperProcess[];

  const nowMs = (): number => Date.now() + clock.offsetMs();
  const start = (): Promise<HelperProcess> => platform.start({ clock, flags: ['--token-mode', 'workerRole'] });
  const holder = async (): Promise<string | undefined> =>
    (await client.get<Lease>(`${lease}/aliyun-acr-credential-helper`)).spec?.holderIdentity;
  const leader = async (): Promise<HelperProcess> =>
    await eventually('one of the replicas leads', async () => {
      const identity = await holder();
      return replicas.find((replica) => !replica.hasEnded() && identityOf(replica) === identity);
    });
  const expiryMs = async (namespace: string): Promise<number> =>
    Date.parse((await readDockerConfig(platform.plane, namespace)).expiresAt ?? '');
  /** Moves both clocks: to a program, the cloud's time is its own. */
  const advance = async (ms: number): Promise<void> => {
    await platform.simulator.advance(ms);
    clock.advance(ms);
  };

  before(async function () {
    platform = await createHelperPlatform(this);
    const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [platform.plane.kubeconfigPath] });
    client = createKubeClient({ kubeConfig, clock: systemClock, keepManagedFields: true });
    for (const namespace of namespaces) {
      await platform.createNamespace(namespace);
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      await client.patch(path, { imagePullSecrets: foreign }, 'merge');
    }
    await platform.configure({
      'watch-namespace': namespaces.join(','),
      'acr-registry-info': '- instanceId: cri-a1b2c3d4e5f6g7h8\n  regionId: cn-hangzhou\n',
    });
    accounts = await Promise.all(
      namespaces.map((name) => recordHistory<ServiceAccount>(client, `/api/v1/namespaces/${name}/serviceaccounts`)),
    );
    secrets = await Promise.all(
      namespaces.map((name) =>
        recordHistory<KubeSecret>(client, `/api/v1/namespaces/${name}/secrets`, {
          fieldSelector: `metadata.name=${SECRET_NAME}`,
        }),
      ),
    );
    leases = await recordHistory<Lease>(client, lease, { fieldSelector: 'metadata.name=aliyun-acr-credential-helper' });
    replicas = [await start(), await start()];
  });

  after(async () => {
    await Promise.all([...(accounts ?? []), ...(secrets ?? []), leases].map((history) => history?.stop()));
    await platform?.dispose();
    await client?.close();
  });

  it('always has a live password in every Secret', async () => {
    for (const namespace of namespaces) await platform.attached(namespace, 'default');
    for (let kills = 0; kills < KILLS; kills += 1) {
      const victim = await leader();
      const expiries = await Promise.all(namespaces.map(expiryMs));
      await advance(Math.max(0, Math.min(...expiries) - LEFT_MS - nowMs()));
      // A renewal begins within the five seconds in which the loop looks at the clock; the kill hits it anywhere, or just misses it.
      await delay(Math.random() * 6000);
      await victim.kill('SIGKILL');
      replicas = [...replicas.filter((replica) => replica !== victim), await start()];
      await eventually(
        `kill ${kills + 1}: every Secret is renewed`,
        async () => {
          const renewed = await Promise.all(namespaces.map(expiryMs));
          return renewed.every((atMs) => atMs > nowMs() + 2 * LEFT_MS);
        },
        { timeoutMs: 150_000, everyMs: 300 },
      ).catch((error: unknown) => {
        const logs = replicas.map((replica) => replica.output().slice(-3000));
        throw new Error(`${String(error)}\n${logs.join('\n--\n')}`, { cause: error });
      });
      for (const namespace of namespaces) {
        const { auths } = await readDockerConfig(platform.plane, namespace);
        const login = auths[host];
        assert.ok(login !== undefined, `kill ${kills + 1}: ${namespace} has no login`);
        assert.equal(await pullStatus(platform.simulator, `${host}/team/app:v1`, login), 200);
      }
    }
  });

  it('never replaced one that had ended, nor made a Secret anew', () => {
    for (const history of secrets) {
      const versions = history.of(SECRET_NAME);
      assert.ok(versions.length > KILLS, `${versions.length} versions`);
      assert.equal(new Set(versions.map(({ metadata }) => metadata?.uid)).size, 1);
      assert.ok(history.versions.every(({ deleted }) => !deleted));
      const expiries = versions.map(({ metadata }) => Date.parse(metadata?.annotations?.[EXPIRES_AT_ANNOTATION] ?? ''));
      assert.deepEqual(
        expiries,
        expiries.toSorted((a, b) => a - b),
        'no Secret went back to an older password',
      );
    }
  });

  it('never took an entry of others out of a ServiceAccount, and put its own in once', () => {
    for (const history of accounts) {
      const lists = history.of('default').map((account) => (account.imagePullSecrets ?? []).map(({ name }) => name));
      const own = lists.findIndex((names) => names.includes(SECRET_NAME));
      assert.ok(own > 0);
      for (const [index, names] of lists.entries()) {
        const others = names.filter((name) => name !== SECRET_NAME);
        assert.deepEqual(
          others,
          foreign.map(({ name }) => name),
        );
        assert.equal(names.length - others.length, index < own ? 0 : 1);
      }
    }
  });

  it('had one writer at a time', () => {
    // The leases say who may write from when on, and each process says when it wrote.
    const reigns = leases.versions
      .filter(({ deleted }) => !deleted)
      .map(({ object, seenAtMs }) => ({ identity: object.spec?.holderIdentity ?? '', fromMs: seenAtMs }))
      .filter(({ identity }, index, all) => identity !== all[index - 1]?.identity);
    assert.ok(reigns.length > KILLS, `${reigns.length} reigns`);
    const writes = platform.helpers.flatMap(writesOf);
    assert.ok(writes.length >= KILLS * namespaces.length, `${writes.length} writes`);
    for (const { identity, atMs } of writes) {
      const reign = reigns.findIndex((candidate) => candidate.identity === identity);
      const end = reigns[reign + 1]?.fromMs ?? Infinity;
      assert.ok(reign >= 0, `${identity} wrote and never led`);
      assert.ok(atMs <= end, `${identity} wrote ${atMs - end} ms after another one led`);
      // The watch may show the lease a moment after its holder knows of it.
      assert.ok(atMs >= (reigns[reign]?.fromMs ?? 0) - WATCH_LAG_MS, `${identity} wrote before it led`);
    }
  });
});

/** As whom a process stands for the lease: it says so before it names anybody else. */
function identityOf(helper: HelperProcess): string {
  return /"identity":"([^" ]+_[0-9a-f-]{36})"/.exec(helper.output())?.[1] ?? '';
}

/** When a process wrote Secrets, by its log: epoch milliseconds of the machine. */
function writesOf(helper: HelperProcess): { identity: string; atMs: number }[] {
  const identity = identityOf(helper);
  return helper
    .output()
    .split('\n')
    .filter((line) => line.includes('"pull Secret written"'))
    .map((line) => ({ identity, atMs: Date.parse(/"timestamp":"([^"]+)"/.exec(line)?.[1] ?? '') }));
}
