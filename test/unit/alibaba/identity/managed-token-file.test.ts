import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createManagedTokenIdentity, readManagedToken } from '../../../../src/alibaba/identity/managed-token-file.ts';
import { EciKubeletError } from '../../../../src/errors.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const KEYRINGS = { 16: 'k'.repeat(16), 24: 'k'.repeat(24), 32: 'k'.repeat(32) } as const;
const IV = Buffer.from('CANARY-IV-16byte');
const HOUR_MS = 3_600_000;

function encrypt(text: string, keyring: string): string {
  const cipher = createCipheriv(`aes-${keyring.length * 8}-cbc`, keyring, IV);
  return Buffer.concat([IV, cipher.update(text), cipher.final()]).toString('base64');
}

/** The file as Container Service writes it. */
function fileOf(members: Record<string, unknown> = {}, keyring: string = KEYRINGS[16]): string {
  return JSON.stringify({
    'access.key.id': encrypt('STS.managed', keyring),
    'access.key.secret': encrypt('CANARY-SECRET', keyring),
    'security.token': encrypt('CANARY-TOKEN', keyring),
    expiration: '2026-01-01T01:00:00Z',
    keyring,
    ...members,
  });
}

function failureOf(run: () => unknown): EciKubeletError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof EciKubeletError);
    assert.doesNotMatch(inspect(error, { depth: 9 }), /CANARY|kkkk/);
    return error;
  }
  throw new assert.AssertionError({ message: 'did not fail' });
}

describe('the token file of the managed role', () => {
  for (const [bits, keyring] of Object.entries({ 128: KEYRINGS[16], 192: KEYRINGS[24], 256: KEYRINGS[32] })) {
    it(`is read with a key of ${bits} bits`, () => {
      const key = readManagedToken(fileOf({}, keyring), '/t');
      assert.deepEqual(
        [key.accessKeyId, key.accessKeySecret.reveal(), key.securityToken?.reveal(), key.expiresAtMs],
        ['STS.managed', 'CANARY-SECRET', 'CANARY-TOKEN', Date.UTC(2026, 0, 1, 1)],
      );
    });
  }

  it('is read where the text fills its blocks, so that the padding is a block of its own', () => {
    const text = 'x'.repeat(32);
    const key = readManagedToken(fileOf({ 'access.key.id': encrypt(text, KEYRINGS[16]) }), '/t');
    assert.equal(key.accessKeyId, text);
  });

  const whole = encrypt('CANARY-SECRET-that-is-long', KEYRINGS[16]);
  const flipped = Buffer.from(whole, 'base64');
  flipped.writeUInt8(flipped.readUInt8(20) ^ 1, 20);
  const broken: Record<string, [members: Record<string, unknown>, says: RegExp]> = {
    'without a keyring': [{ keyring: undefined }, /keyring is not a key of 16, 24, 32 bytes/],
    'with a keyring of another length': [{ keyring: 'kkkk' }, /keyring is not a key/],
    'with another keyring': [{ keyring: 'K'.repeat(16) }, /access\.key\.id cannot be decrypted/],
    'without a member': [{ 'security.token': undefined }, /security\.token is missing/],
    'with a member that is no text': [{ 'security.token': 7 }, /security\.token is missing/],
    'cut in a block': [{ 'access.key.secret': whole.slice(0, 50) }, /access\.key\.secret cannot be decrypted/],
    'cut at a block': [
      { 'access.key.secret': Buffer.from(whole, 'base64').subarray(0, 32).toString('base64') },
      /access\.key\.secret cannot be decrypted/,
    ],
    'with nothing after the vector': [{ 'access.key.secret': IV.toString('base64') }, /cannot be decrypted/],
    'tampered with': [{ 'access.key.secret': flipped.toString('base64') }, /access\.key\.secret cannot be decrypted/],
    'not encrypted': [{ 'access.key.secret': 'CANARY-SECRET' }, /cannot be decrypted/],
    'without an expiry': [{ expiration: undefined }, /expiration is not a time/],
    'with an expiry that is no time': [{ expiration: 'CANARY' }, /expiration is not a time/],
  };
  for (const [name, [members, says]] of Object.entries(broken)) {
    it(`is refused ${name}, and its content not repeated`, () => {
      const error = failureOf(() => readManagedToken(fileOf(members), '/t'));
      assert.equal(error.code, 'ManagedTokenInvalid');
      assert.match(error.message, says);
    });
  }

  for (const [what, text] of Object.entries({
    'nothing at all': '',
    'half an object': '{"access.key.secret": "CANARY',
    'a text': '"CANARY"',
    'a list': '[]',
    null: 'null',
  })) {
    it(`is refused as ${what}`, () => {
      assert.equal(failureOf(() => readManagedToken(text, '/t')).code, 'ManagedTokenInvalid');
    });
  }

  it('tells what the cloud said where the role could not be assumed', () => {
    const text = JSON.stringify({
      keyring: KEYRINGS[16],
      error: {
        roleName: 'AliyunCSManagedAcrRole',
        code: 'EntityNotExist.Role',
        message: 'The role does not exist. AccessKeySecret=CANARY',
      },
    });
    const error = failureOf(() => readManagedToken(text, '/t'));
    assert.equal(error.code, 'ManagedRoleRefused');
    assert.match(
      error.message,
      /AliyunCSManagedAcrRole \(EntityNotExist\.Role, The role does not exist\..*authorize that role/,
    );
  });

  it('is used as long as it holds credentials, whatever error stands beside them', () => {
    const key = readManagedToken(fileOf({ error: { code: 'Throttling' } }), '/t');
    assert.equal(key.accessKeyId, 'STS.managed');
  });
});

describe('the managed role', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'managed-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is read from its file at every use, and never handed out expired', async () => {
    const clock = new FakeClock();
    const path = join(folder, 'token-config');
    const identity = createManagedTokenIdentity({ path, clock });
    await assert.rejects(identity.accessKey(), { code: 'ManagedTokenUnreadable' });
    await writeFile(path, fileOf());
    assert.equal((await identity.accessKey()).accessKeyId, 'STS.managed');
    await writeFile(path, fileOf({ 'access.key.id': encrypt('STS.next', KEYRINGS[16]) }));
    assert.equal((await identity.accessKey()).accessKeyId, 'STS.next');
    assert.equal((await identity.accessKey({ minimumLifeMs: 9 * HOUR_MS })).accessKeyId, 'STS.next');
    await clock.advance(HOUR_MS);
    await assert.rejects(identity.accessKey(), { code: 'ExpiredCredentials' });
  });
});
