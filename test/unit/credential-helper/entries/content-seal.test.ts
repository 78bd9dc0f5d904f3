import assert from 'node:assert/strict';
import { sealOf, sealOfSecret } from '../../../../src/credential-helper/entries/content-seal.ts';
import { ENTRIES_ANNOTATION, SECRET_KEY } from '../../../../src/credential-helper/names.ts';
import type { KubeSecret } from '../../../../src/kube/types.ts';
import { entryPlan } from './entry-plans.ts';
import { instancePlan, KeeperWorld, MemorySeals, MINUTE } from './keeper-world.ts';

const PLANS = [entryPlan(), instancePlan('cri-a', { entry: { position: 2 } })];

function worldOf(seals: MemorySeals): KeeperWorld {
  const world = new KeeperWorld({ seals });
  world.addInstance('cri-a');
  world.configure(PLANS);
  return world;
}

async function leave(seals: MemorySeals): Promise<KubeSecret> {
  const world = worldOf(seals);
  await world.start();
  await world.clock.advance(10_000);
  const secret = world.secret();
  await world.stop();
  return secret;
}

describe('what is recovered', () => {
  it('is what the program has sealed, without a further write', async () => {
    const seals = new MemorySeals();
    const left = await leave(seals);
    const world = worldOf(seals);
    await world.clock.advance(MINUTE);
    await world.keeper.prepare();
    assert.equal(world.keeper.recover(left), true);
    await world.start();
    await world.clock.advance(MINUTE);
    assert.deepEqual(world.cloud.calls, []);
    assert.equal(seals.writes, 1);
    await world.stop();
  });

  const plants: Readonly<Record<string, (secret: KubeSecret) => void>> = {
    'a planted password': (secret) => replace(secret, /S3CRET:cri-a[^"]*/g, 'planted'),
    'a further host': (secret) => {
      annotate(secret, (text) => text.replace('"cri-a.example.com"', '"cri-a.example.com","docker.io"'));
      replace(secret, /"cri-a.example.com":(\{.*?\})/, '"cri-a.example.com":$1,"docker.io":$1');
    },
    'a longer life': (secret) => annotate(secret, (text) => text.replaceAll('T01:', 'T11:')),
  };
  for (const [name, plant] of Object.entries(plants)) {
    it(`is nothing of a Secret with ${name}`, async () => {
      const seals = new MemorySeals();
      const left = await leave(seals);
      plant(left);
      const world = worldOf(seals);
      await world.keeper.prepare();
      assert.equal(world.keeper.recover(left), false);
      assert.equal(world.keeper.current(), undefined);
      assert.ok(world.keeper.statuses().every(({ state }) => state === 'waiting'));
    });
  }

  it('is nothing where the seals cannot be read, or were not asked for', async () => {
    const seals = new MemorySeals();
    const left = await leave(seals);
    const world = worldOf(seals);
    assert.equal(world.keeper.recover(left), false);
    seals.failures = 1;
    await world.keeper.prepare();
    assert.equal(world.keeper.recover(left), false);
  });

  it('is also what was sealed just before, which some Secrets still hold', async () => {
    const seals = new MemorySeals();
    const world = worldOf(seals);
    await world.start();
    const before = world.secret();
    await world.clock.advance(46 * MINUTE);
    const after = world.secret();
    await world.stop();
    const next = worldOf(seals);
    await next.clock.advance(47 * MINUTE);
    await next.keeper.prepare();
    assert.equal(next.keeper.recover(before), false, 'due, but alive');
    assert.equal(next.hosts().length, 4);
    assert.equal(next.keeper.recover(after), true);
  });
});

describe('seals', () => {
  it('are the same of a content and of the Secret that is written of it, and no secret', async () => {
    const world = worldOf(new MemorySeals());
    await world.start();
    const content = world.keeper.current();
    assert.ok(content);
    assert.equal(sealOf(content), sealOfSecret(world.secret()));
    assert.match(sealOf(content), /^[0-9a-f]{64}$/);
    await world.stop();
    const empty = new KeeperWorld();
    empty.configure([]);
    const nothing = empty.keeper.current();
    assert.ok(nothing);
    const secret = empty.secret();
    // The writer of Secrets leaves the annotation out where there is nothing to say.
    delete secret.metadata?.annotations?.[ENTRIES_ANNOTATION];
    assert.equal(sealOf(nothing), sealOfSecret(secret));
  });

  it('are written again after a failure, and once for each change', async () => {
    const seals = new MemorySeals();
    seals.failures = 2;
    const world = worldOf(seals);
    await world.start();
    await world.clock.advance(4_000);
    assert.equal(seals.writes, 1, 'not more often than every five seconds');
    await world.clock.advance(MINUTE);
    assert.equal(seals.writes, 3);
    assert.equal(seals.seals.length, 1);
    await world.clock.advance(46 * MINUTE);
    assert.equal(seals.writes, 4);
    await world.stop();
  });
});

function annotate({ metadata }: KubeSecret, change: (text: string) => string): void {
  const text = metadata?.annotations?.[ENTRIES_ANNOTATION] ?? '';
  const changed = change(text);
  assert.notEqual(changed, text);
  Object.assign(metadata?.annotations ?? {}, { [ENTRIES_ANNOTATION]: changed });
}

function replace({ data }: KubeSecret, what: RegExp, by: string): void {
  const text = Buffer.from(data?.[SECRET_KEY] ?? '', 'base64').toString();
  const changed = text.replace(what, by);
  assert.notEqual(changed, text);
  Object.assign(data ?? {}, { [SECRET_KEY]: Buffer.from(changed).toString('base64') });
}
