import assert from 'node:assert/strict';
import { readManagedToken } from '../../../src/alibaba/identity/managed-token-file.ts';
import { managedTokenFile } from '../../support/managed-token-file.ts';

const session = {
  AccessKeyId: 'STS.sixteen-bytes!',
  AccessKeySecret: 'sixteen bytes ok'.replaceAll(' ', '-'),
  SecurityToken: `CAIS${'x'.repeat(300)}==`,
  Expiration: '2026-01-02T03:04:05Z',
};

describe('the token file of the managed role, as tests write it', () => {
  for (const keyring of ['0123456789abcdef', '0123456789abcdef01234567', undefined]) {
    it(`is understood by the program, with a key of ${keyring?.length ?? 32} bytes`, () => {
      const text = managedTokenFile(session, keyring);
      for (const value of [session.AccessKeySecret, session.SecurityToken]) assert.ok(!text.includes(value));
      const read = readManagedToken(text, '/var/addon/token-config');
      assert.deepEqual(
        [read.accessKeyId, read.accessKeySecret.reveal(), read.securityToken?.reveal(), read.expiresAtMs],
        [session.AccessKeyId, session.AccessKeySecret, session.SecurityToken, Date.parse(session.Expiration)],
      );
    });
  }
});
