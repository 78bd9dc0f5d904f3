import assert from 'node:assert/strict';
import { trimObject } from '../../../../src/credential-helper/namespaces/trim-object.ts';

describe('what is kept of ServiceAccounts and namespaces', () => {
  it('leaves out what their owners can make long and nothing reads', () => {
    const kept = {
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'shop', uid: 'u', resourceVersion: '7', labels: { team: 'a' } },
      imagePullSecrets: [{ name: 'theirs' }],
    };
    const { metadata } = kept;
    const object = {
      ...kept,
      metadata: { ...metadata, annotations: { note: 'x'.repeat(262_000) } },
      secrets: [{ name: 'token' }],
    };
    trimObject(object);
    assert.deepEqual(object, kept);
  });

  it('takes what has no metadata', () => {
    const object = {};
    trimObject(object);
    assert.deepEqual(object, {});
  });
});
