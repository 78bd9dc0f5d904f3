import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import { ENTRIES_ANNOTATION, MANAGED_BY_LABEL, SECRET_KEY } from '../../../../src/credential-helper/names.ts';
import type { KubeSecret } from '../../../../src/kube/types.ts';
import { refusal } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan } from './entry-plans.ts';
import { HOUR, instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

const PLANS = [
  entryPlan({ entry: { position: 1 } }),
  instancePlan('cri-a', { entry: { position: 2 } }),
  instancePlan('cri-b', { chain: chainToB(), entry: { position: 3, domains: ['b.example.com'] } }),
];

function worldOf(plans: readonly EntryPlan[]): KeeperWorld {
  const world = new KeeperWorld();
  world.addInstance('cri-a', ['a.example.com', 'shared.example.com']);
  world.addInstance('cri-b', ['shared.example.com']);
  world.configure(plans);
  return world;
}

/** What a run leaves behind after some time. */
async function leave(afterMs = 20 * MINUTE, plans: readonly EntryPlan[] = PLANS): Promise<KubeSecret> {
  const world = worldOf(plans);
  await world.start();
  await world.clock.advance(afterMs);
  const secret = world.secret();
  await world.stop();
  return secret;
}

/** A later run, which starts that long after the first one. */
async function restart(afterMs = 20 * MINUTE, plans: readonly EntryPlan[] = PLANS): Promise<KeeperWorld> {
  const world = worldOf(plans);
  await world.clock.advance(afterMs);
  return world;
}

describe('recovery', () => {
  it('asks nothing of the cloud, says nothing and changes nothing while everything is good', async () => {
    const left = await leave();
    const world = await restart();
    assert.equal(await world.recover(left), true);
    assert.deepEqual(world.secret(), left, 'what would be written is there already');
    await world.start();
    await world.clock.advance(24 * MINUTE);
    assert.deepEqual(world.cloud.calls, []);
    assert.deepEqual(world.reports, []);
    assert.equal(world.changes.length, 1);
    await world.clock.advance(2 * MINUTE);
    assert.equal(world.cloud.count('GetAuthorizationToken'), 3, 'and goes on by the times of before');
    assert.deepEqual(world.told('CredentialsRefreshed'), []);
    await world.stop();
  });

  it('keeps what is due but alive, and renews it first', async () => {
    const left = await leave(44 * MINUTE);
    const world = await restart(50 * MINUTE);
    const mend = world.cloud.fail('GetAuthorizationToken', () =>
      refusal('GetAuthorizationToken', 'ServiceUnavailable'),
    );
    assert.equal(await world.recover(left), false);
    await world.start();
    await world.clock.advance(MINUTE);
    assert.equal(world.hosts().length, 6, 'although it cannot be renewed now');
    mend();
    await world.clock.advance(3 * MINUTE);
    assert.ok((world.keeper.current()?.expiresAtMs ?? 0) > Date.UTC(2026, 0, 1) + 100 * MINUTE);
    await world.stop();
  });

  it('fetches only what the Secret does not hold', async () => {
    const left = await leave(20 * MINUTE, PLANS.slice(0, 2));
    const world = await restart();
    assert.equal(await world.recover(left), false);
    assert.equal(world.keeper.current(), undefined, 'the third was not tried');
    await world.start();
    await world.clock.advance(1_000);
    assert.deepEqual(
      world.cloud.calls.map(({ action }) => action),
      ['AssumeRole', 'GetAuthorizationToken'],
    );
    assert.equal(world.changes.length, 1);
    await world.stop();
  });

  it('puts together what several Secrets hold, the longest life first', async () => {
    const old = await leave(5 * MINUTE, PLANS.slice(0, 1));
    const newer = await leave(50 * MINUTE, PLANS.slice(0, 1));
    const other = await leave(50 * MINUTE, PLANS.slice(1));
    const world = await restart(55 * MINUTE);
    assert.equal(await world.recover(newer), false);
    assert.equal(await world.recover(old), false);
    assert.equal(await world.recover(other), true);
    assert.equal(world.keeper.current()?.expiresAtMs, Date.UTC(2026, 0, 1) + 105 * MINUTE);
  });

  const oddities: Readonly<Record<string, (secret: KubeSecret) => unknown>> = {
    'a foreign label': (secret) => Object.assign(secret.metadata?.labels ?? {}, { [MANAGED_BY_LABEL]: 'helm' }),
    'no label': (secret) => delete secret.metadata?.labels,
    'another type': (secret) => Object.assign(secret, { type: 'Opaque' }),
    'no annotation': (secret) => delete secret.metadata?.annotations,
    'no metadata': (secret) => delete secret.metadata,
    'no data': (secret) => delete secret.data,
    'a broken annotation': (secret) => annotate(secret, () => '[{"fingerprint":'),
    'an annotation that is no list': (secret) => annotate(secret, () => '{"length":1}'),
    'marks that are none': (secret) => annotate(secret, () => '[null,1,{"fingerprint":3}]'),
    'a broken docker config': (secret) => Object.assign(secret.data ?? {}, { [SECRET_KEY]: 'eyJhdXRocyI6' }),
    'no base64': (secret) => Object.assign(secret.data ?? {}, { [SECRET_KEY]: '%%%' }),
    'a life that no password has': (secret) => mark(secret, { expiresAt: '2099-01-01T00:00:00Z' }),
    'a time that is none': (secret) => mark(secret, { expiresAt: 'soon' }),
    'a password from the future': (secret) =>
      mark(secret, { obtainedAt: '2026-01-01T05:00:00Z', expiresAt: '2026-01-01T06:00:00Z' }),
    'a password that has ended': (secret) => mark(secret, { expiresAt: '2026-01-01T00:20:30Z' }),
    'other fingerprints': (secret) => mark(secret, { fingerprint: 'other' }),
    'hosts that the Secret does not have': (secret) => mark(secret, { hosts: ['elsewhere.example.com'] }),
    'no hosts': (secret) => mark(secret, { hosts: [] }),
  };
  for (const [name, change] of Object.entries(oddities)) {
    it(`takes nothing from a Secret with ${name}`, async () => {
      const secret = await leave();
      change(secret);
      const world = await restart();
      assert.equal(await world.recover(secret), false);
      assert.equal(world.keeper.current(), undefined);
      assert.equal(world.keeper.statuses().filter(({ state }) => state !== 'waiting').length, 0);
    });
  }

  it('takes no password for hosts that the entry does not name', async () => {
    const plan = instancePlan('cri-b', { entry: { domains: ['b.example.com'] } });
    const left = await leave(20 * MINUTE, [plan]);
    const text = Buffer.from(left.data?.[SECRET_KEY] ?? '', 'base64').toString();
    Object.assign(left.data ?? {}, {
      [SECRET_KEY]: Buffer.from(text.replaceAll('b.example.com', 'docker.io')).toString('base64'),
    });
    mark(left, { hosts: ['docker.io'] });
    const world = await restart(20 * MINUTE, [plan]);
    assert.equal(await world.recover(left), false);
  });

  it('takes no login of which the hosts of an entry have several', async () => {
    const plan = instancePlan('cri-a');
    const left = await leave(20 * MINUTE, [plan]);
    const config = JSON.parse(Buffer.from(left.data?.[SECRET_KEY] ?? '', 'base64').toString()) as {
      auths: Record<string, { password: string }>;
    };
    Object.assign(config.auths['shared.example.com'] ?? {}, { password: 'planted' });
    Object.assign(left.data ?? {}, { [SECRET_KEY]: Buffer.from(JSON.stringify(config)).toString('base64') });
    const world = await restart(20 * MINUTE, [plan]);
    assert.equal(await world.recover(left), false);
  });

  it('finds the password of an entry that shares a host with one before it', async () => {
    const plans = [
      instancePlan('cri-b', { entry: { position: 1 } }),
      instancePlan('cri-a', { entry: { position: 2 } }),
    ];
    const left = await leave(20 * MINUTE, plans);
    const world = await restart(20 * MINUTE, plans);
    assert.equal(await world.recover(left), true);
    assert.deepEqual(world.secret(), left);
  });

  it('takes nothing while the configuration is incomplete', async () => {
    const left = await leave();
    const world = new KeeperWorld();
    assert.equal(await world.recover(left), false);
  });

  it('does not fall over anything', async () => {
    const left = await leave();
    const world = await restart();
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify([value])),
    );
    await fc.assert(
      fc.asyncProperty(anything, anything, async (annotation, data) => {
        const secret = structuredClone(left);
        annotate(secret, () => annotation);
        Object.assign(secret.data ?? {}, { [SECRET_KEY]: Buffer.from(data).toString('base64') });
        assert.equal(await world.recover(secret), false);
      }),
    );
  });

  it('survives a hundred restarts at any moment with a live password and few calls', async () => {
    let left = await leave(0);
    let calls = 0;
    let nowMs = 0;
    for (let run = 0; run < 100; run += 1) {
      nowMs += ((run * 7) % 20) * MINUTE;
      const next = await restart(nowMs);
      await next.recover(left);
      await next.start();
      await next.clock.advance(1_000);
      const leftMs = (next.keeper.current()?.expiresAtMs ?? 0) - next.clock.nowMs();
      assert.ok(leftMs > 14 * MINUTE, `${leftMs / MINUTE} min in run ${run}`);
      calls += next.cloud.count('GetAuthorizationToken');
      left = next.secret();
      await next.stop();
    }
    // Three passwords per renewal; restarts are at most 19 min apart.
    assert.ok(calls <= (nowMs / HOUR) * 3 * 2.4, `${calls} calls in ${nowMs / HOUR} hours`);
  });
});

function annotate(secret: KubeSecret, change: (text: string) => string): void {
  const { annotations } = secret.metadata ?? {};
  if (annotations !== undefined) annotations[ENTRIES_ANNOTATION] = change(annotations[ENTRIES_ANNOTATION] ?? '');
}

/** Changes every mark. */
function mark(secret: KubeSecret, change: object): void {
  annotate(secret, (text) => JSON.stringify((JSON.parse(text) as object[]).map((one) => ({ ...one, ...change }))));
}
