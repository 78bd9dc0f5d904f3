import assert from 'node:assert/strict';
import { createAddonSecretIdentity } from '../../../../src/credential-helper/entries/addon-secret-identity.ts';
import { readAddonSecretKey } from '../../../../src/credential-helper/entries/addon-secret-key.ts';
import { KubeApiError } from '../../../../src/kube/errors.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const secretOf = (id: string, secret: string): object => ({
  data: { 'access-key-id': base64(id), 'access-key-secret': base64(secret) },
});

function setUp() {
  const clock = new FakeClock();
  const state = { answer: secretOf('LTAI1', 'CANARY') as object | Error, reads: 0 };
  const client = {
    get: <T>(): Promise<T> => {
      state.reads += 1;
      return state.answer instanceof Error ? Promise.reject(state.answer) : Promise.resolve(state.answer as T);
    },
  };
  const read = () => readAddonSecretKey(client);
  return { clock, state, identity: createAddonSecretIdentity({ read, clock, log: noLog, description: 'the key' }) };
}

function failure(httpStatus?: number): KubeApiError {
  return new KubeApiError({ message: 'no', reason: 'Test', ...(httpStatus === undefined ? {} : { httpStatus }) });
}

describe('the access key of registered clusters', () => {
  it('is read once for everybody who asks at the same time, without the newline that shells leave', async () => {
    const { identity, state } = setUp();
    state.answer = secretOf('LTAI1\n', 'CANARY\n');
    const keys = await Promise.all([identity.accessKey(), identity.accessKey(), identity.accessKey()]);
    assert.deepEqual(
      keys.map((key) => `${key.accessKeyId} ${key.accessKeySecret.reveal()}`),
      ['LTAI1 CANARY', 'LTAI1 CANARY', 'LTAI1 CANARY'],
    );
    assert.equal(state.reads, 1);
  });

  it('is used soon after it was replaced, and at once where the old one was refused', async () => {
    const { identity, state, clock } = setUp();
    const old = await identity.accessKey();
    state.answer = secretOf('LTAI2', 'CANARY');
    await clock.advance(5000);
    assert.equal((await identity.accessKey()).accessKeyId, 'LTAI2');
    state.answer = secretOf('LTAI3', 'CANARY');
    identity.invalidate?.(old);
    assert.equal((await identity.accessKey()).accessKeyId, 'LTAI2');
    identity.invalidate?.(await identity.accessKey());
    assert.equal((await identity.accessKey()).accessKeyId, 'LTAI3');
  });

  it('serves on while the API server is down, and not after it was taken away', async () => {
    const { identity, state, clock } = setUp();
    await identity.accessKey();
    for (const down of [failure(), failure(503), failure(429)]) {
      state.answer = down;
      await clock.advance(5000);
      assert.equal((await identity.accessKey()).accessKeyId, 'LTAI1');
    }
    await clock.advance(5000);
    state.answer = failure(404);
    await assert.rejects(identity.accessKey(), { code: 'AddonSecretMissing' });
    state.answer = failure(403);
    await assert.rejects(identity.accessKey(), { code: 'Kube.Test' });
  });

  it('says which part is missing, and nothing of the rest', async () => {
    const { identity, state } = setUp();
    state.answer = { data: { 'access-key-id': base64(' '), 'access-key-secret': base64('CANARY') } };
    await assert.rejects(identity.accessKey(), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'AddonSecretInvalid');
      assert.match(error.message, /kube-system\/alibaba-addon-secret has no access-key-id$/);
      return true;
    });
    state.answer = {};
    await assert.rejects(identity.accessKey(), { code: 'AddonSecretInvalid' });
  });
});
