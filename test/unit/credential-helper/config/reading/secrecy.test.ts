import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { isScalar, parseDocument, visit } from 'yaml';

import { mergeReading } from '../../../../../src/credential-helper/config/last-good.ts';
import {
  readConfigMapData,
  readManagedConfig,
} from '../../../../../src/credential-helper/config/reading/read-config.ts';

/** Of the length and the letters of a real one. */
const canary = 'Zk7QmX2vTn9LpB4wRc8HsY5dJf3GaE';

const yaml = `- instanceId: cri-abc
  regionId: cn-hangzhou
  domains: "a.example.com,b.example.com"
  assumeRoleARN: "acs:ram::222:role/b-role"
  expireDuration: 3600
  customAccessKey: "LTAIexample"
  customAccessKeySecret: "${canary}"
- {instanceId: "", customAccessKey: 'LTAIother', customAccessKeySecret: '${canary}'}
- instanceId: cri-def
  customAccessKey: LTAIthird
  customAccessKeySecret: ${canary}
`;
const json = JSON.stringify({
  AcrInstanceInfo: [
    { instanceId: 'cri-abc', regionId: 'cn-hangzhou', customAccessKey: 'LTAIx', customAccessKeySecret: canary },
    { customAccessKeySecret: canary, customAccessKey: 'LTAIx', domains: 'a.example.com', expireDuration: 1 },
  ],
  enableRRSA: false,
  watchNamespace: 'a,B_C',
});

/** What people and editors do to a text: letters of YAML come in, pieces go, change place or are doubled. */
const noise = fc.constantFrom(
  ...'"\'{}[]:,-#&*!|>%@`\\\t\n '.split(''),
  '// note',
  ': ',
  '- ',
  '\n\n',
  '---\n',
  '*a ',
  '!t ',
  '，',
  '<<: ',
);
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), text: noise }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 60 }) }),
  fc.record({
    kind: fc.constant('copy' as const),
    at: fc.nat(),
    to: fc.nat(),
    length: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, change: Mutation): string {
  const at = change.at % (text.length + 1);
  switch (change.kind) {
    case 'insert':
      return text.slice(0, at) + change.text + text.slice(at);
    case 'delete':
      return text.slice(0, at) + text.slice(at + change.length);
    case 'copy': {
      const to = change.to % (text.length + 1);
      return text.slice(0, to) + text.slice(at, at + change.length) + text.slice(to);
    }
    case 'cut':
      return text.slice(0, at);
    default:
      return change satisfies never;
  }
}

/** @returns the pieces of the secret, of eight letters, that stand in the text in any case. */
function pieces(text: string): string[] {
  const lower = text.toLowerCase();
  return Array.from({ length: canary.length - 7 }, (_, start) => canary.slice(start, start + 8).toLowerCase()).filter(
    (piece) => lower.includes(piece),
  );
}

/** Names, which are told wherever they matter. */
const namesOfThings = new Set(['domains', 'watchNamespace', 'serviceAccount']);

/**
 * Damage that moves a piece of the secret into a name makes it one; what looks like a whole key is held back even there.
 * @returns all names in a document, as text.
 */
function namesIn(text: string): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const names: string[] = [];
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && namesOfThings.has(String(key.value))) names.push(String(value));
    },
  });
  return names.join(' ');
}

/** @returns a piece of the secret that is told and is no name. */
function leak(told: string, text = ''): string | undefined {
  const found = pieces(told);
  if (found.length === 0) return undefined;
  const named = new Set(pieces(namesIn(text)));
  return found.find((piece) => !named.has(piece));
}

/** Everything that is told to anybody: findings, and why a configuration is incomplete. */
function toldAbout(outcome: ReturnType<typeof mergeReading>): string {
  const why = outcome.state.kind === 'incomplete' ? outcome.state.why : '';
  return JSON.stringify([outcome.findings.map(({ message, key }) => [key, message]), why]);
}

const damaged = (text: string): fc.Arbitrary<string> =>
  fc.array(mutation, { minLength: 1, maxLength: 5 }).map((changes) => changes.reduce(mutate, text));

describe('secrets in the configuration', () => {
  it('are in no finding, however acr-registry-info is damaged', () => {
    fc.assert(
      fc.property(damaged(yaml), (text) => {
        const told = toldAbout(mergeReading({}, readConfigMapData({ 'acr-registry-info': text })));
        assert.equal(leak(told, text), undefined, told);
      }),
      { numRuns: 3000 },
    );
  });

  it('are in no finding, however the JSON of the managed form is damaged', () => {
    fc.assert(
      fc.property(damaged(json), (text) => {
        const reading = readManagedConfig(text);
        const told = 'problem' in reading ? reading.problem : toldAbout(mergeReading({}, reading));
        assert.equal(leak(told, text), undefined, told);
      }),
      { numRuns: 3000 },
    );
  });

  for (const [field, rest] of [
    ['instanceId', ''],
    ['instanceId', 'cri-abc,'],
    ['assumeRoleARN', ''],
    ['rrsaRoleARN', ''],
    ['rrsaOIDCProviderRoleARN', ''],
    ['customAccessKey', ''],
  ] as const) {
    it(`in ${field} in place of ${rest}… cost the entry, because that is shown in many places`, () => {
      const entry = { customAccessKeySecret: 'x', customAccessKey: 'LTAIx', [field]: `${rest}${canary}` };
      const { state, findings } = mergeReading(
        {},
        readConfigMapData({ 'acr-registry-info': JSON.stringify([entry, {}]) }),
      );
      assert.ok(state.kind === 'complete');
      assert.deepEqual(
        state.config.entries.map(({ position }) => position),
        [2],
      );
      assert.deepEqual(
        findings.map(({ message }) => message),
        [
          `acr-registry-info, entry 1: ${field} looks like the secret of an access key; that belongs into customAccessKeySecret. The entry is not served, others are`,
        ],
      );
    });
  }

  it('are hidden in the model as well', () => {
    const { state } = mergeReading({}, readConfigMapData({ 'acr-registry-info': yaml }));
    assert.equal(state.kind, 'complete');
    assert.equal(leak(JSON.stringify(state)), undefined);
  });
});
