import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readDockerConfig } from '../../../../src/credential-helper/entries/docker-config.ts';
import { buildSecretContent, type ServedEntry } from '../../../../src/credential-helper/entries/secret-content.ts';
import { Secret } from '../../../../src/secret.ts';
import { entryPlan } from './entry-plans.ts';

const options = { email: 'cs@aliyuncs.com', digestKey: Buffer.from('a key of this process') };
const T0 = Date.UTC(2026, 0, 1);

function served(position: number, hosts: readonly string[], password?: string, lifeMs = 3_600_000): ServedEntry {
  const plan = { ...entryPlan({ entry: { position, domains: hosts } }), fingerprint: `f${position}` };
  const life = { obtainedAtMs: T0, expiresAtMs: T0 + lifeMs };
  const credential =
    password === undefined ? undefined : { hosts, userName: 'u', password: new Secret(password), ...life };
  return { plan, hosts, credential };
}

const textOf = (entries: readonly ServedEntry[]): string =>
  buildSecretContent(entries, options).content.dockerConfig.reveal();

describe('buildSecretContent', () => {
  it('holds the earliest end and one mark for each live entry', () => {
    const entries = [served(1, ['a'], 'p', 7_200_000), served(2, ['b']), served(3, ['c'], 'q')];
    const { content } = buildSecretContent(entries, options);
    assert.equal(content.expiresAtMs, T0 + 3_600_000);
    assert.deepEqual(content.marks, [
      { fingerprint: 'f1', hosts: ['a'], obtainedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-01T02:00:00Z' },
      { fingerprint: 'f3', hosts: ['c'], obtainedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-01T01:00:00Z' },
    ]);
  });

  it('is an empty login without an end when nothing lives', () => {
    const { content } = buildSecretContent([served(1, ['a'])], options);
    assert.equal(content.dockerConfig.reveal(), '{"auths":{}}');
    assert.equal('expiresAtMs' in content, false);
  });

  it('leaves out marks for which an annotation has no room, and nothing else', () => {
    const entries = Array.from({ length: 2000 }, (_, n) => served(n + 1, [`h${n}.${'x'.repeat(60)}.example.com`], 'p'));
    const { content } = buildSecretContent(entries, options);
    assert.ok(JSON.stringify(content.marks).length < 200_100);
    assert.ok(content.marks.length > 500);
    assert.equal(readDockerConfig(content.dockerConfig.reveal())?.size, 2000);
  });

  it('gives nobody the host of an entry that has no password at the moment', () => {
    assert.equal(textOf([served(1, ['a']), served(2, ['a'], 'p')]), '{"auths":{}}');
  });

  it('is the same text whatever the order of entries that share no host', () => {
    const rows = fc.uniqueArray(fc.tuple(fc.domain(), fc.string({ minLength: 1 })), { selector: ([host]) => host });
    fc.assert(
      fc.property(rows, (pairs) => {
        const entries = pairs.map(([host, password], n) => served(n + 1, [host], password));
        assert.equal(textOf(entries), textOf(entries.toReversed()));
      }),
    );
  });

  it('gives every host to the first entry that has it, and to no other', () => {
    const hosts = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(hosts, fc.boolean()), { maxLength: 6 }), (rows) => {
        const entries = rows.map(([names, lives], n) => served(n + 1, names, lives ? `password ${n + 1}` : undefined));
        const logins = readDockerConfig(textOf(entries));
        for (const host of ['a', 'b', 'c', 'd']) {
          const first = entries.find((entry) => entry.hosts.includes(host));
          const expected = first?.credential?.password.reveal();
          assert.equal(logins?.get(host)?.password.reveal(), expected);
        }
      }),
    );
  });

  const one = [served(1, ['a'], 'p')];
  const changes: Readonly<Record<string, readonly ServedEntry[]>> = {
    'another password': [served(1, ['a'], 'q')],
    'another end': [served(1, ['a'], 'p', 3_601_000)],
    'another host': [served(1, ['b'], 'p')],
    'another entry': [served(2, ['a'], 'p')],
    nothing: [],
  };
  for (const [name, entries] of Object.entries(changes)) {
    it(`has another digest for ${name}`, () => {
      const digest = (of: readonly ServedEntry[]): string => buildSecretContent(of, options).content.digest;
      assert.notEqual(digest(entries), digest(one));
      assert.equal(digest(one), digest([served(1, ['a'], 'p')]), 'the same for the same');
    });
  }

  it('has digests that say nothing to those who do not have the key', () => {
    const other = { ...options, digestKey: Buffer.from('another key') };
    assert.notEqual(buildSecretContent(one, other).content.digest, buildSecretContent(one, options).content.digest);
  });
});
