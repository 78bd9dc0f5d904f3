import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { diagnoseImage } from '../../../../src/cli/check/diagnose.ts';
import type { EntryFacts, PullFacts } from '../../../../src/cli/check/facts.ts';
import { SECRET_NAME } from '../../../../src/credential-helper/names.ts';
import { absent, entryFacts, hidden, now, publicHost, pullFacts, secretFacts, seen, vpcHost } from './pull-facts.ts';

const personalHost = 'registry.cn-hangzhou.aliyuncs.com';
const images = [
  `${publicHost}/a/b`,
  `${vpcHost}/a/b`,
  `${personalHost}/a/b`,
  'nginx',
  'images.example.com/a',
  'Bad Image',
];
const hosts = fc.subarray([publicHost, vpcHost, personalHost, 'images.example.com']);
const names = fc.subarray([SECRET_NAME, 'other']);
const expiresAtMs = fc.constantFrom(now - 1, now + 60_000);
const selection = fc.constantFrom('all' as const, ['team-a', 'app'], ['x']);

const secret = fc
  .record({ ours: fc.boolean(), servers: hosts, expiresAtMs })
  .map((change) => seen(secretFacts({ ...change, marks: [] })));
const entry = fc
  .record({
    hosts,
    state: fc.constantFrom<NonNullable<EntryFacts['state']>[]>('serving', 'failing', 'expired', 'waiting', 'refused'),
    expiresAtMs,
  })
  .map((change) => entryFacts(change));
const waiting = fc.constantFrom(
  [],
  [{ container: 'web', reason: 'ErrImagePull', message: 'denied' }],
  [{ container: 'web', reason: 'ErrImagePull', message: 'no such host' }],
);

/** Every combination, where everything may be seen. */
const visible: fc.Arbitrary<PullFacts> = fc
  .record({
    image: fc.constantFrom(...images),
    namespaceState: fc.constantFrom(absent, seen({ terminating: true }), seen({ terminating: false })),
    serviceAccount: fc.oneof(
      fc.constant(absent),
      names.map((pullSecrets) => seen({ pullSecrets })),
    ),
    secret: fc.oneof(fc.constant(absent), secret),
    otherSecrets: fc.oneof(fc.constant(absent), secret).map((other) => ({ other })),
    entries: fc.array(entry, { maxLength: 2 }),
    namespaces: selection,
    serviceAccounts: selection,
    pod: fc.option(fc.record({ pullSecrets: names, waiting }), { nil: undefined }),
  })
  .map(({ entries, namespaces, serviceAccounts, pod, ...rest }) =>
    pullFacts({
      ...rest,
      helper: { entries, configuration: { kind: 'complete', namespaces, serviceAccounts } },
      ...(pod === undefined ? {} : { pod }),
    }),
  );

describe('every diagnosis', () => {
  it('knows where everything may be seen, and gives a cause for every no', () => {
    fc.assert(
      fc.property(visible, (facts) => {
        const { verdict, causes, by } = diagnoseImage(facts);
        assert.notEqual(verdict, 'unknown');
        assert.equal(verdict === 'yes', by !== undefined && causes.length === 0);
        if (verdict !== 'yes') assert.notEqual(causes.length, 0);
        for (const { message, remedy } of causes) assert.ok(message.length > 20 && remedy.length > 10);
      }),
      { numRuns: 2000 },
    );
  });

  it('never promises what it could not see', () => {
    fc.assert(
      fc.property(visible, (facts) => {
        const blind = { ...facts, secrets: new Map([...facts.secrets.keys()].map((name) => [name, hidden] as const)) };
        const { verdict, notSeen } = diagnoseImage({ ...blind, helper: { ...facts.helper, source: 'api-server' } });
        assert.notEqual(verdict, 'yes');
        assert.ok(notSeen.length > 0);
      }),
    );
  });
});
