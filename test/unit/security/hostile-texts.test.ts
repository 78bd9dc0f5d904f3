import assert from 'node:assert/strict';
import { parseRegistryChallenge } from '../../../src/alibaba/registry-challenge.ts';
import { scrub } from '../../../src/alibaba/scrub.ts';
import { annotationTable } from '../../../src/annotations/annotation-table.ts';
import { describeRole } from '../../../src/credentials/describe-chain.ts';
import { matchPullSecret } from '../../../src/credentials/pull-secret-match.ts';
import { decodePullSecret, normalizeServer } from '../../../src/credentials/pull-secrets.ts';
import { expandReferences } from '../../../src/eci/environment/expand-references.ts';
import { parseImageReference } from '../../../src/images/image-reference.ts';
import { classifyRegistryHost } from '../../../src/images/registry-host.ts';
import { Secret } from '../../../src/secret.ts';

/** What the annotations of an object can hold at most. */
const LENGTH = 262_144;
/** Far above what any of them takes, and far below the minutes of a pattern that goes back and forth. */
const LONGEST_MS = 2_000;

const pieces = [
  'a',
  '-',
  '.',
  '/',
  ',',
  '$(',
  '$$',
  '"',
  '{',
  '[',
  '*a',
  'a.',
  'a-',
  '1,',
  'a=',
  'secret',
  '\0',
  '\\"',
];
const ends = ['', '!', 'x'];

function ignoreErrors(parse: (text: string) => unknown): (text: string) => void {
  return (text) => {
    try {
      parse(text);
    } catch {
      // Refusing is fine; only the time counts here.
    }
  };
}

/** Everything that reads text which the author of an object, or a stranger's server, chooses. */
const readers: Readonly<Record<string, (text: string) => void>> = {
  'an image reference': ignoreErrors(parseImageReference),
  'the digest of an image': ignoreErrors((text) => parseImageReference(`a@${text}`)),
  'a registry host': (text) => void classifyRegistryHost(text),
  'the challenge of a registry': (text) => void parseRegistryChallenge(`Bearer ${text}`),
  'a text that is scrubbed': (text) => void scrub(text),
  'a role in a message': (text) => void describeRole(`acs:ram::${text}`),
  'references in an argument': (text) => void expandReferences(text, () => 'value'),
  'a server of a docker configuration': (text) => void normalizeServer(`host/${text}`),
  'a password of a docker configuration': (text) => {
    const auth = Buffer.from(`user:${text}`).toString('base64');
    const document = Buffer.from(JSON.stringify({ 'a.example.com': { auth } })).toString('base64');
    decodePullSecret({ type: 'kubernetes.io/dockercfg', data: { '.dockercfg': document } });
  },
  ...Object.fromEntries(
    annotationTable.flatMap(({ entries }) =>
      entries.map(({ key, grammar }) => [key, (text: string) => void grammar.parse(text)]),
    ),
  ),
};

describe('a hostile text of 256 KiB', function () {
  this.timeout(60_000);
  for (const [name, read] of Object.entries(readers)) {
    it(`does not hold up the program as ${name}`, () => {
      for (const piece of pieces) {
        for (const end of ends) {
          const text = piece.repeat(LENGTH / piece.length) + end;
          const startedAt = performance.now();
          read(text);
          const tookMs = performance.now() - startedAt;
          assert.ok(tookMs < LONGEST_MS, `${JSON.stringify(piece)} and ${JSON.stringify(end)} took ${tookMs} ms`);
        }
      }
    });
  }

  it('does not hold up the program as a pattern of registry hosts', () => {
    const images = [{ host: `${'a'.repeat(63)}.example.com`, repository: 'app' }];
    for (const piece of ['*', '*a', 'a*', '?*', '*?a']) {
      const server = `${piece.repeat(1000)}b.example.com`;
      const startedAt = performance.now();
      assert.equal(
        matchPullSecret(images, [{ server, userName: 'u', password: new Secret('p'), source: 'a/b' }]),
        undefined,
      );
      assert.ok(performance.now() - startedAt < LONGEST_MS);
    }
  });
});

describe('a pattern of registry hosts', () => {
  const cases: readonly (readonly [pattern: string, host: string, matches: boolean])[] = [
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', 'aexample.com', false],
    ['re*stry.example.com', 'registry.example.com', true],
    ['re*stry.example.com', 'restry.example.com', true],
    ['*a*a.example.com', 'banana.example.com', true],
    ['*a*b.example.com', 'banana.example.com', false],
    ['registry?.example.com', 'registry1.example.com', true],
    ['registry?.example.com', 'registry.example.com', false],
    ['[a-z].example.com', 'a.example.com', false],
  ];
  for (const [server, host, matches] of cases) {
    it(`${server} ${matches ? 'covers' : 'does not cover'} ${host}`, () => {
      const credential = { server, userName: 'u', password: new Secret('p'), source: 'a/b' };
      assert.equal(matchPullSecret([{ host, repository: 'app' }], [credential]), matches ? credential : undefined);
    });
  }
});
