import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileIdentity } from '../../../../src/alibaba/identity/file.ts';
import { parseKeyFile } from '../../../../src/alibaba/identity/key-file.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

describe('key file', () => {
  const cases: Record<string, [text: string, id: string, profile?: string]> = {
    'as JSON': [
      '{"accessKeyId":"a","accessKeySecret":"CANARY","securityToken":"t","expiration":"2026-01-01T01:00:00Z"}',
      'a',
    ],
    'as an answer of STS': ['{"AccessKeyId":"a","AccessKeySecret":"CANARY"}', 'a'],
    'as lines': ['# ours\naccessKeyId=a\naccessKeySecret = "CANARY"\n', 'a'],
    'in sections': [
      '[other]\naccess_key_id=x\naccess_key_secret=y\n[default]\ntype = access_key\naccess_key_id = a\naccess_key_secret = CANARY\n',
      'a',
    ],
    'in a named section': [
      '[default]\naccess_key_id=x\n[prod]\naccess_key_id = a\naccess_key_secret = CANARY\n',
      'a',
      'prod',
    ],
  };
  for (const [name, [text, id, profile]] of Object.entries(cases)) {
    it(`is read ${name}`, () => {
      const key = parseKeyFile(text, { path: 'f', ...(profile === undefined ? {} : { profile }) });
      assert.deepEqual([key.accessKeyId, key.accessKeySecret.reveal()], [id, 'CANARY']);
    });
  }

  const broken: Record<string, string> = {
    'cut short': '{"accessKeyId":"a","accessKeySecret":"CANARY',
    'without an id': 'accessKeySecret=CANARY',
    'without the section': '[prod]\naccess_key_id=a\naccess_key_secret=CANARY',
    'with a bad time': '{"accessKeyId":"a","accessKeySecret":"CANARY","expiration":"CANARY"}',
    'that is empty': '',
  };
  for (const [name, text] of Object.entries(broken)) {
    it(`${name} is refused without being quoted`, () => {
      assert.throws(
        () => parseKeyFile(text, { path: '/keys' }),
        (error: Error) => {
          assert.equal((error as { code?: string }).code, 'InvalidKeyFile');
          assert.match(error.message, /\/keys/);
          assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /CANARY/);
          return true;
        },
      );
    });
  }
});

describe('file identity', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'identity-'));
    path = join(folder, 'key');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** By rename, as a mounted Secret is replaced. */
  async function replace(id: string, expiration?: string): Promise<void> {
    await writeFile(`${path}.new`, JSON.stringify({ accessKeyId: id, accessKeySecret: 's', expiration }));
    await rename(`${path}.new`, path);
  }

  it('takes over a replaced file within seconds, at once when the key was refused', async () => {
    const clock = new FakeClock();
    const identity = createFileIdentity({ path, clock, log: noLog });
    await replace('one');
    const first = await identity.accessKey();
    await replace('two-two');
    assert.equal((await identity.accessKey()).accessKeyId, 'one');
    identity.invalidate?.(first);
    assert.equal((await identity.accessKey()).accessKeyId, 'two-two');
    await replace('three');
    await clock.advance(5_000);
    assert.equal((await identity.accessKey()).accessKeyId, 'three');
  });

  it('lives through a moment without a readable file while its key is valid', async () => {
    const clock = new FakeClock();
    const identity = createFileIdentity({ path, clock, log: noLog });
    await replace('one', '2026-01-01T01:00:00Z');
    await identity.accessKey();
    await writeFile(path, '{');
    await clock.advance(5_000);
    assert.equal((await identity.accessKey()).accessKeyId, 'one');
    await clock.advance(3_600_000);
    await assert.rejects(identity.accessKey(), { code: 'InvalidKeyFile' });
  });

  it('fails loudly when nobody has replaced an expired key', async () => {
    const clock = new FakeClock();
    const identity = createFileIdentity({ path, clock, log: noLog });
    await replace('one', '2026-01-01T00:10:00Z');
    await identity.accessKey();
    await clock.advance(600_000);
    await assert.rejects(identity.accessKey(), { code: 'ExpiredCredentials' });
    await replace('two', '2026-01-01T01:00:00Z');
    assert.equal((await identity.accessKey()).accessKeyId, 'two');
  });

  it('says that the file is not there', async () => {
    const identity = createFileIdentity({ path, clock: new FakeClock(), log: noLog });
    await assert.rejects(identity.accessKey(), { code: 'KeyFileUnreadable' });
  });
});
