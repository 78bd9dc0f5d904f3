import assert from 'node:assert/strict';
import { KubeApiError, isConflict } from '../../../src/kube/errors.ts';
import { patchWithRetry } from '../../../src/kube/patch-with-retry.ts';
import { escapeJsonPointer, finalizerPatch, ownedMapPatch } from '../../../src/kube/patch.ts';

describe('escapeJsonPointer', () => {
  it('escapes tilde before slash', () => {
    assert.equal(escapeJsonPointer('k8s.aliyun.com/a~1'), 'k8s.aliyun.com~1a~01');
  });
});

describe('finalizerPatch', () => {
  const object = { metadata: { resourceVersion: '7', finalizers: ['other'] } };

  it('adds one and keeps those of others, for this version only', () => {
    const expected = { metadata: { finalizers: ['other', 'ours'], resourceVersion: '7' } };
    assert.deepEqual(finalizerPatch(object, { add: 'ours' }), expected);
  });

  it('removes one and keeps those of others', () => {
    const both = { metadata: { resourceVersion: '8', finalizers: ['ours', 'other'] } };
    const expected = { metadata: { finalizers: ['other'], resourceVersion: '8' } };
    assert.deepEqual(finalizerPatch(both, { remove: 'ours' }), expected);
  });

  it('does nothing when nothing is to be done', () => {
    assert.equal(finalizerPatch(object, { add: 'other' }), undefined);
    assert.equal(finalizerPatch(object, { remove: 'ours' }), undefined);
  });
});

describe('ownedMapPatch', () => {
  const cases: Record<string, { last: object; want: object; have: object; patch: object | undefined }> = {
    'sets what is missing': { last: {}, want: { a: '1' }, have: {}, patch: { a: '1' } },
    'corrects what others changed': { last: { a: '1' }, want: { a: '1' }, have: { a: '2' }, patch: { a: '1' } },
    'removes what it no longer wants': { last: { a: '1' }, want: {}, have: { a: '1' }, patch: { a: null } },
    'leaves the keys of others alone': { last: {}, want: {}, have: { b: '1' }, patch: undefined },
    'does not remove what is gone already': { last: { a: '1' }, want: {}, have: {}, patch: undefined },
    'is silent when all is well': { last: { a: '1' }, want: { a: '1' }, have: { a: '1', b: '2' }, patch: undefined },
  };
  for (const [title, { last, want, have, patch }] of Object.entries(cases)) {
    it(title, () => {
      assert.deepEqual(ownedMapPatch({ lastApplied: { ...last }, desired: { ...want }, current: { ...have } }), patch);
    });
  }
});

describe('patchWithRetry', () => {
  const conflict = new KubeApiError({ message: 'x', reason: 'Conflict', httpStatus: 409 });

  /** An object that somebody else writes `rivals` times in between. */
  function contested(rivals: number): {
    version: number;
    patches: object[];
    client: Parameters<typeof patchWithRetry>[0]['client'];
  } {
    const state = { version: 1, patches: [] as object[], rivals };
    const client = {
      get: async <T>(): Promise<T> => ({ version: state.version }) as T,
      patch: async <T>(_path: string, body: object): Promise<T> => {
        if (state.rivals > 0) {
          state.rivals -= 1;
          state.version += 1;
          throw conflict;
        }
        state.patches.push(body);
        return { done: true } as T;
      },
    };
    return Object.assign(state, { client });
  }
  const build = (current: { version: number }): object => ({ from: current.version });

  it('computes the patch anew after each conflict', async () => {
    const state = contested(2);
    await patchWithRetry({ client: state.client, path: '/x', type: 'merge', build });
    assert.deepEqual(state.patches, [{ from: 3 }]);
  });

  it('gives the conflict to the caller after five attempts', async () => {
    const { client, patches } = contested(5);
    await assert.rejects(patchWithRetry({ client, path: '/x', type: 'merge', build }), isConflict);
    assert.deepEqual(patches, []);
  });

  it('sends nothing when nothing is to be done', async () => {
    const { client, patches } = contested(0);
    const current = await patchWithRetry({ client, path: '/x', type: 'merge', build: () => undefined });
    assert.deepEqual([current, patches], [{ version: 1 }, []]);
  });
});
