import assert from 'node:assert/strict';
import { bundleHolds, joinBundle } from '../../../../src/webhook/certificates/bundle.ts';
import { createAuthority } from '../../../../src/webhook/certificates/issue.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 0, 1);
const mark = { name: 'helper', maxLifeMs: 48 * HOUR };

async function authority(options: { name?: string; lifeMs?: number } = {}): Promise<string> {
  const { name = 'helper x', lifeMs = 24 * HOUR } = options;
  return (await createAuthority(name, now, lifeMs)).certificate;
}

const several = async (count: number): Promise<string[]> =>
  await Promise.all(Array.from({ length: count }, async () => lines(await authority())));
const lines = (pem: string): string => `${pem.trim()}\n`;
const join = (stored: string, own: string): string => joinBundle(stored, own, mark, now);

describe('a bundle that replicas share', () => {
  it('takes ours in, and leaves those of other replicas', async () => {
    const [first = '', second = ''] = await several(2);
    assert.equal(join('', first), first);
    assert.equal(join(first, second), first + second);
    assert.ok(bundleHolds(join(first, second), first) && bundleHolds(join(first, second), second));
    assert.ok(!bundleHolds(first, second));
  });

  it('is the same text when nothing is to change', async () => {
    const [first = '', second = '', third = ''] = await several(3);
    const bundle = join(first + second, third);
    for (const own of [first, second, third, second + third]) assert.equal(join(bundle, own), bundle);
  });

  it('loses what has ended, what nobody of us can have written, and what is no certificate', async () => {
    const [own = '', other = ''] = await several(2);
    const wrong: Readonly<Record<string, string>> = {
      over: await authority({ lifeMs: -HOUR }),
      endless: await authority({ lifeMs: 1000 * HOUR }),
      foreign: await authority({ name: 'corporate root' }),
      'of a longer name': await authority({ name: 'helpers x' }),
      nonsense: '-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n',
      'no PEM': 'what is this',
    };
    for (const [name, pem] of Object.entries(wrong)) assert.equal(join(`${pem}\n${other}`, own), other + own, name);
  });

  it('holds each once', async () => {
    const [first = '', second = ''] = await several(2);
    assert.equal(join(first + second + first, second), first + second);
  });

  it('never pushes out one that runs, however many others come and go', async () => {
    const [own = '', ...others] = await several(40);
    let bundle = join('', own);
    for (const other of others) {
      bundle = join(bundle, other);
      assert.ok(bundleHolds(bundle, own));
      // The other replica looks between two restarts of this one.
      bundle = join(bundle, own);
      assert.ok(bundle.split('BEGIN').length - 1 <= 16);
    }
  });
});
