import assert from 'node:assert/strict';
import { array, assert as check, constantFrom, property, string } from 'fast-check';
import type { ServiceAccount } from '../../../../src/kube/types.ts';
import { attachPatch, detachPatch, isAttached } from '../../../../src/credential-helper/namespaces/attachment.ts';
import { applyJsonPatch } from '../../../support/apply-json-patch.ts';

const OURS = 'acr-credential-secret-aggregation';
const account = (names: readonly string[] | undefined): ServiceAccount => ({
  metadata: { name: 'default', resourceVersion: '7' },
  ...(names === undefined ? {} : { imagePullSecrets: names.map((name) => ({ name })) }),
});
const names = (of: ServiceAccount): (string | undefined)[] => (of.imagePullSecrets ?? []).map(({ name }) => name);
const foreign = array(
  string({ minLength: 1 }).filter((name) => name !== OURS),
  { maxLength: 6 },
);

describe('the entry in imagePullSecrets', () => {
  for (const [what, before] of [
    ['no list', undefined],
    ['an empty list', []],
    ['one of others', ['theirs']],
  ] as const) {
    it(`is appended where there is ${what}, under the version that was seen`, () => {
      const patch = attachPatch(account(before));
      assert.ok(patch !== undefined);
      assert.deepEqual(patch[0], { op: 'add', path: '/metadata/resourceVersion', value: '7' });
      assert.deepEqual(names(applyJsonPatch(account(before), patch)), [...(before ?? []), OURS]);
    });
  }

  it('is added to a list that is null, as some clients write it', () => {
    const withNull = { ...account(undefined), imagePullSecrets: null } as unknown as ServiceAccount;
    const patch = attachPatch(withNull);
    assert.ok(patch !== undefined);
    assert.deepEqual(names(applyJsonPatch(withNull, patch)), [OURS]);
  });

  it('comes once, keeps what others have in their order, and goes without a trace', () => {
    check(
      property(foreign, (others) => {
        const attach = attachPatch(account(others)) ?? [];
        const attached = applyJsonPatch(account(others), attach);
        assert.deepEqual(names(attached), [...others, OURS]);
        assert.ok(isAttached(attached));
        assert.equal(attachPatch(attached), undefined);
        const detached = applyJsonPatch(attached, detachPatch(attached) ?? []);
        assert.deepEqual(names(detached), others);
        assert.equal(detachPatch(detached), undefined);
      }),
    );
  });

  it('goes from wherever it stands, and however often', () => {
    check(
      property(array(constantFrom('a', 'b', OURS), { maxLength: 8 }), (mixed) => {
        const patch = detachPatch(account(mixed));
        const after = patch === undefined ? account(mixed) : applyJsonPatch(account(mixed), patch);
        assert.deepEqual(
          names(after),
          mixed.filter((name) => name !== OURS),
        );
      }),
    );
  });
});
