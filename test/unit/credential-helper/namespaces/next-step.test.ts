import assert from 'node:assert/strict';
import {
  array,
  assert as check,
  boolean,
  constant,
  constantFrom,
  oneof,
  property,
  record,
  subarray,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { attachPatch, detachPatch, isAttached } from '../../../../src/credential-helper/namespaces/attachment.ts';
import {
  contentState,
  knownSecret,
  newSecret,
  type KnownSecret,
} from '../../../../src/credential-helper/namespaces/known-secret.ts';
import { nextStep, type NamespaceView } from '../../../../src/credential-helper/namespaces/next-step.ts';
import { isNoted, writeNoted } from '../../../../src/credential-helper/namespaces/noted-accounts.ts';
import type { KubeSecret, ServiceAccount } from '../../../../src/kube/types.ts';
import { applyJsonPatch } from '../../../support/apply-json-patch.ts';
import { aContent } from '../../../support/namespaces-bench.ts';

const OURS = 'acr-credential-secret-aggregation';
const NOTE = 'acr-credential-helper/attached-service-accounts';

const account = (name: string, ...pullSecrets: string[]): ServiceAccount => ({
  metadata: { name, uid: name, resourceVersion: '1' },
  imagePullSecrets: pullSecrets.map((entry) => ({ name: entry })),
});

/** Our Secret with `content`, as it is after a write. */
const ours = (noted: readonly string[], content = aContent()): KnownSecret => ({
  ...knownSecret(newSecret('shop', content, noted)),
  uid: 'secret',
  resourceVersion: '5',
});

const view = (parts: Partial<NamespaceView> = {}): NamespaceView => ({
  namespace: 'shop',
  config: { namespaces: { kind: 'all' }, serviceAccounts: { kind: 'named', names: ['default'] } },
  content: aContent(),
  secret: ours(['default']),
  accounts: [account('default', OURS)],
  aside: new Set(),
  adoptExisting: false,
  ...parts,
});
const unwatched: NamespaceView['config'] = {
  namespaces: { kind: 'named', names: ['other'] },
  serviceAccounts: { kind: 'all' },
};
const foreign = { ...ours([]), isOurs: false };

/** `do`, and what it is about. */
const tell = (parts: Partial<NamespaceView>): string => {
  const step = nextStep(view(parts));
  if (step.do === 'attach' || step.do === 'detach')
    return `${step.do} ${step.accounts.map(({ metadata }) => metadata?.name).join(',')}`;
  if (step.do === 'create-secret') return `create noting ${step.body.metadata?.annotations?.[NOTE]}`;
  if (step.do === 'patch-secret') {
    const body = step.body as KubeSecret;
    return `patch ${body.data === undefined ? 'the note' : 'all'} to ${body.metadata?.annotations?.[NOTE]}`;
  }
  return step.do;
};

const cases: Record<string, [Partial<NamespaceView>, string]> = {
  'nothing where all is as it should be': [{}, 'nothing'],
  'a wait while there are no credentials': [{ content: undefined, secret: 'absent' }, 'wait'],
  'no clean-up of ServiceAccounts either while there are none': [{ content: undefined, accounts: [] }, 'wait'],
  'a read of a Secret that nobody has looked at': [{ secret: 'unknown' }, 'read-secret'],
  'a new Secret that notes whom it is for, before anybody is attached': [
    { secret: 'absent', accounts: [account('default')] },
    'create noting default',
  ],
  'a patch when the credentials are new': [{ secret: ours(['default'], aContent('old')) }, 'patch all to default'],
  'a patch of the note alone for a ServiceAccount that is new': [
    { secret: ours([]), accounts: [account('default')] },
    'patch the note to default',
  ],
  'an attachment of those who are noted': [{ accounts: [account('default', 'theirs')] }, 'attach default'],
  'nothing for one that was tried just now': [
    { accounts: [account('default')], aside: new Set(['default']) },
    'nothing',
  ],
  'nothing for a ServiceAccount that is being deleted': [
    { accounts: [{ metadata: { name: 'default', deletionTimestamp: 'now' } }] },
    'nothing',
  ],
  'no write for a noted ServiceAccount that is gone': [{ secret: ours(['default', 'gone']) }, 'nothing'],
  'a detachment of one that is no longer selected': [
    { secret: ours(['default', 'old']), accounts: [account('default', OURS), account('old', OURS)] },
    'detach old',
  ],
  'a shorter note once it is detached': [
    { secret: ours(['default', 'old']), accounts: [account('default', OURS), account('old')] },
    'patch the note to default',
  ],
  'fresh credentials also where a ServiceAccount cannot be detached, which stays noted': [
    {
      secret: ours(['default', 'old'], aContent('old')),
      accounts: [account('default', OURS), account('old', OURS)],
      aside: new Set(['old']),
    },
    'patch all to default,old',
  ],
  'nothing about a ServiceAccount that somebody else attached': [
    { accounts: [account('default', OURS), account('by-hand', OURS)] },
    'nothing',
  ],
  'none of a Secret without our label': [{ secret: foreign }, 'leave'],
  'the take-over of a Secret without our label, where that is asked for': [
    { secret: foreign, adoptExisting: true },
    'patch the note to default',
  ],
  'none of a Secret of another type, whoever made it': [
    { secret: { ...ours([]), type: 'Opaque' }, adoptExisting: true },
    'leave',
  ],
  'none of a Secret that cannot be changed': [{ secret: { ...ours([]), isImmutable: true } }, 'leave'],
  'a detachment where the namespace is not watched any more': [
    { config: unwatched, accounts: [account('default', OURS), account('by-hand', OURS)] },
    'detach default',
  ],
  'the deletion of the Secret once nobody is attached': [
    { config: unwatched, accounts: [account('default')] },
    'delete-secret',
  ],
  'the clean-up also while there are no credentials': [
    { config: unwatched, content: undefined, accounts: [] },
    'delete-secret',
  ],
  'the Secret kept while one cannot be detached: it is the note of that': [
    { config: unwatched, aside: new Set(['default']) },
    'nothing',
  ],
  'nothing with a Secret of others in a namespace that is not watched': [
    { config: unwatched, secret: foreign },
    'nothing',
  ],
  'nothing with no Secret in a namespace that is not watched': [{ config: unwatched, secret: 'absent' }, 'nothing'],
};

describe('the next step in a namespace is', () => {
  for (const [what, [parts, expected]] of Object.entries(cases)) {
    it(what, () => assert.equal(tell(parts), expected));
  }
});

describe('all steps together', () => {
  const names = ['a', 'b', 'c'];
  const anAccount = (name: string): Arbitrary<ServiceAccount> =>
    array(constantFrom('theirs', 'mine', OURS), { maxLength: 4 }).map((entries) => account(name, ...entries));
  const selection = oneof(
    constant({ kind: 'all' as const }),
    subarray(names).map((chosen) => ({ kind: 'named' as const, names: chosen })),
  );
  const namespaces = constantFrom('shop', 'other').map((chosen) => ({ kind: 'named' as const, names: [chosen] }));
  const secret = oneof(
    constant('absent' as const),
    record({ noted: subarray(names), password: constantFrom('first', 'old'), isOurs: boolean() }),
  );

  it('end where everybody who is selected is attached, and only ever touch our own entry', () => {
    check(
      property(
        tuple(...names.map(anAccount)),
        selection,
        namespaces,
        secret,
        (accounts, serviceAccounts, watched, start) => {
          const config = { namespaces: watched, serviceAccounts };
          let known: KnownSecret | 'absent' =
            start === 'absent' ? start : { ...ours(start.noted, aContent(start.password)), isOurs: start.isOurs };
          let now: ServiceAccount[] = accounts;
          let writes = 0;
          for (let steps = 0; ; steps += 1) {
            assert.ok(steps < 10, 'it does not end');
            const step = nextStep(view({ config, secret: known, accounts: now }));
            if (step.do === 'nothing' || step.do === 'leave') break;
            if (step.do === 'attach' || step.do === 'detach') {
              const patchOf = step.do === 'attach' ? attachPatch : detachPatch;
              const touched = new Set(step.accounts);
              for (const one of touched) {
                // Whoever dies here leaves it noted.
                assert.ok(known !== 'absent' && isNoted(known.noted, one.metadata?.name ?? ''));
              }
              now = now.map((one) => (touched.has(one) ? applyJsonPatch(one, patchOf(one) ?? []) : one));
            } else if (step.do === 'delete-secret') known = 'absent';
            else {
              assert.ok(step.do === 'create-secret' || step.do === 'patch-secret');
              writes += 1;
              const { metadata } = step.body as KubeSecret;
              known = ours((metadata?.annotations?.[NOTE] ?? '').split(','));
            }
          }
          assert.ok(writes <= 1);
          for (const [index, before] of accounts.entries()) {
            const after = now[index];
            const others = (of: ServiceAccount | undefined): string[] =>
              (of?.imagePullSecrets ?? []).flatMap(({ name = '' }) => (name === OURS ? [] : [name]));
            assert.deepEqual(others(after), others(before));
          }
          const isWatched = watched.names.includes('shop');
          if (start !== 'absent' && !start.isOurs) assert.deepEqual(now, accounts);
          else if (isWatched) {
            for (const one of now) {
              const isSelected =
                serviceAccounts.kind === 'all' || serviceAccounts.names.includes(one.metadata?.name ?? '');
              if (isSelected) assert.ok(isAttached(one));
            }
            assert.ok(known !== 'absent' && known.state === contentState(aContent()));
          } else assert.equal(known, 'absent');
        },
      ),
    );
  });
});

describe('the note of the attached ServiceAccounts', () => {
  it('says all where the names would not fit into an object', () => {
    const many = Array.from({ length: 2000 }, (_, index) => `${'x'.repeat(60)}-${index}`);
    assert.equal(writeNoted(many), '*');
    const secretOf = knownSecret(newSecret('shop', aContent(), many));
    assert.ok(isNoted(secretOf.noted, many[1999] ?? ''));
    const [kept, dropped] = [account('kept', OURS), account('dropped', OURS)];
    const config = {
      namespaces: { kind: 'all' as const },
      serviceAccounts: { kind: 'named' as const, names: ['kept'] },
    };
    const step = nextStep(view({ config, secret: { ...secretOf, noted: 'all' }, accounts: [kept, dropped] }));
    assert.deepEqual(step, { do: 'detach', accounts: [dropped] });
  });
});
