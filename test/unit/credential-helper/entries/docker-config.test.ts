import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  readDockerConfig,
  writeDockerConfig,
  type HostLogin,
} from '../../../../src/credential-helper/entries/docker-config.ts';
import { Secret } from '../../../../src/secret.ts';

const EMAIL = 'cs@aliyuncs.com';
const login = (userName: string, password: string): HostLogin => ({ userName, password: new Secret(password) });
const plain = (logins: ReadonlyMap<string, HostLogin> | undefined): unknown =>
  logins && new Map([...logins].map(([host, { userName, password }]) => [host, [userName, password.reveal()]]));

const anyLogins = fc.uniqueArray(
  fc.tuple(
    fc.oneof(fc.domain(), fc.constantFrom('__proto__', 'constructor', '127', 'registry.example.com:5000')),
    fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `${text}:${text}`),
  ),
  { selector: ([host]) => host },
);

describe('docker config', () => {
  it('has every field of the vendor, hosts sorted, and splits only at the first colon', () => {
    const text = writeDockerConfig(
      new Map([
        ['registry-vpc.cn-hangzhou.aliyuncs.com', login('cr_temp_user', 'eyJ0:ab12')],
        ['a.example.com', login('cr_temp_user', 'p:q:r')],
      ]),
      EMAIL,
    ).reveal();
    assert.equal(
      text,
      '{"auths":{' +
        '"a.example.com":{"username":"cr_temp_user","password":"p:q:r","email":"cs@aliyuncs.com","auth":"Y3JfdGVtcF91c2VyOnA6cTpy"},' +
        '"registry-vpc.cn-hangzhou.aliyuncs.com":{"username":"cr_temp_user","password":"eyJ0:ab12","email":"cs@aliyuncs.com","auth":"Y3JfdGVtcF91c2VyOmV5SjA6YWIxMg=="}' +
        '}}',
    );
  });

  it('is readable JSON when there is nothing to log in with', () => {
    assert.equal(writeDockerConfig(new Map(), EMAIL).reveal(), '{"auths":{}}');
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyLogins, (rows) => {
        const logins = new Map(rows.map(([host, userName, password]) => [host, login(userName, password)]));
        assert.deepEqual(plain(readDockerConfig(writeDockerConfig(logins, EMAIL).reveal())), plain(logins));
      }),
    );
  });

  it('is the same text whatever the order of the logins', () => {
    fc.assert(
      fc.property(anyLogins, (rows) => {
        const logins = rows.map(([host, userName, password]) => [host, login(userName, password)] as const);
        const forwards = writeDockerConfig(new Map(logins), EMAIL).reveal();
        const backwards = writeDockerConfig(new Map(logins.toReversed()), EMAIL).reveal();
        assert.equal(forwards, backwards);
      }),
    );
  });

  it('holds user name and password once more in auth', () => {
    fc.assert(
      fc.property(anyLogins, (rows) => {
        const logins = new Map(rows.map(([host, userName, password]) => [host, login(userName, password)]));
        const { auths } = JSON.parse(writeDockerConfig(logins, EMAIL).reveal()) as {
          auths: Record<string, { username: string; password: string; auth: string }>;
        };
        for (const { username, password, auth } of Object.values(auths)) {
          assert.equal(Buffer.from(auth, 'base64').toString(), `${username}:${password}`);
        }
      }),
    );
  });

  const foreign: Readonly<Record<string, string>> = {
    'no JSON': '{"auths":',
    'no object': '"auths"',
    null: 'null',
    'no auths': '{}',
    'a list of auths': '{"auths":[]}',
    'a login that is a text': '{"auths":{"a":"b"}}',
    'a login without a password': '{"auths":{"a":{"username":"u"}}}',
    'an empty password': '{"auths":{"a":{"username":"u","password":""}}}',
    'only auth, as docker itself writes it': '{"auths":{"a":{"auth":"dTpw"}}}',
  };
  for (const [name, text] of Object.entries(foreign)) {
    it(`reads nothing from ${name}`, () => assert.equal(readDockerConfig(text), undefined));
  }
});
