import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { decodePullSecret, mergePullSecrets, normalizeServer } from '../../../src/credentials/pull-secrets.ts';
import type { KubeSecret } from '../../../src/kube/types.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function dockerConfigJson(auths: unknown): KubeSecret {
  return rawSecret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64(JSON.stringify({ auths })) });
}

function rawSecret(type: string | undefined, data: Record<string, string>): KubeSecret {
  return { metadata: { namespace: 'ns', name: 'regcred' }, ...(type === undefined ? {} : { type }), data };
}

const servers: Record<string, string> = {
  'images.example.com': 'images.example.com',
  'https://images.example.com': 'images.example.com',
  'HTTP://Images.Example.com/': 'images.example.com',
  'https://images.example.com/v1/': 'images.example.com',
  'https://images.example.com/v2': 'images.example.com',
  'images.example.com:5000/v2/': 'images.example.com:5000',
  'images.example.com/team': 'images.example.com/team',
  'https://images.example.com/v2/team/': 'images.example.com/team',
  'images.example.com/v1beta': 'images.example.com/v1beta',
  'https://index.docker.io/v1/': 'docker.io',
  'index.docker.io': 'docker.io',
  'docker.io': 'docker.io',
  'registry-1.docker.io': 'docker.io',
  '*.example.com': '*.example.com',
  'https://user:pass@images.example.com': 'images.example.com',
  '[::1]:5000': '[::1]:5000',
};

const logins: Record<string, { entry: unknown; login?: [string, string] }> = {
  'user name and password': { entry: { username: 'u', password: 'p' }, login: ['u', 'p'] },
  'auth alone, split at the first colon': { entry: { auth: base64('u:p:q') }, login: ['u', 'p:q'] },
  'user name and password before auth': {
    entry: { username: 'u', password: 'p', auth: base64('x:y') },
    login: ['u', 'p'],
  },
  'auth when the password is empty': { entry: { username: 'u', password: '', auth: base64('x:y') }, login: ['x', 'y'] },
  'auth with a trailing NUL': { entry: { auth: base64('u:p\0') }, login: ['u', 'p'] },
  'nothing from an empty entry': { entry: {} },
  'nothing from auth without a colon': { entry: { auth: base64('up') } },
  'nothing from auth without a user': { entry: { auth: base64(':p') } },
  'nothing from a string': { entry: 'u:p' },
  'nothing from null': { entry: null },
};

const unusable: Record<string, { secret: KubeSecret; message: RegExp }> = {
  'another type': { secret: rawSecret('Opaque', { '.dockerconfigjson': base64('{}') }), message: /is of type Opaque/ },
  'no type': { secret: rawSecret(undefined, {}), message: /is of type Opaque/ },
  'a missing key': {
    secret: rawSecret('kubernetes.io/dockerconfigjson', {}),
    message: /has no key \.dockerconfigjson/,
  },
  'text that is no JSON': {
    secret: rawSecret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64('hidden') }),
    message: /not a JSON object/,
  },
  'a JSON list': {
    secret: rawSecret('kubernetes.io/dockercfg', { '.dockercfg': base64('["hidden"]') }),
    message: /not a JSON object/,
  },
  'a document without auths': {
    secret: rawSecret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64('{"a":"hidden"}') }),
    message: /no "auths" object/,
  },
};

describe('normalizeServer', () => {
  for (const [key, server] of Object.entries(servers)) {
    it(`reads ${key} as ${server}`, () => assert.equal(normalizeServer(key), server));
  }
});

describe('decodePullSecret', () => {
  for (const [what, { entry, login }] of Object.entries(logins)) {
    it(`takes ${what}`, () => {
      const { credentials, problems } = decodePullSecret(dockerConfigJson({ 'a.example.com': entry }));
      assert.deepEqual(
        credentials.map(({ userName, password }) => [userName, password.reveal()]),
        login === undefined ? [] : [login],
      );
      assert.equal(problems.length, login === undefined ? 1 : 0);
    });
  }

  for (const [what, { secret, message }] of Object.entries(unusable)) {
    it(`names ${what} as the problem, without a word of the content`, () => {
      const { credentials, problems } = decodePullSecret(secret);
      assert.deepEqual(credentials, []);
      assert.equal(problems[0]?.value, 'ns/regcred');
      assert.match(problems[0]?.message ?? '', message);
      assert.ok(!inspect(problems).includes('hidden'));
    });
  }

  it('reads the flat form of dockercfg', () => {
    const secret = rawSecret('kubernetes.io/dockercfg', {
      '.dockercfg': base64(JSON.stringify({ 'https://index.docker.io/v1/': { auth: base64('u:p') } })),
    });
    const [credential] = decodePullSecret(secret).credentials;
    assert.equal(credential?.server, 'docker.io');
    assert.equal(credential?.source, 'ns/regcred');
  });

  it('uses the good entries beside a bad one', () => {
    const decoded = decodePullSecret(
      dockerConfigJson({ 'a.example.com': {}, 'b.example.com': { auth: base64('u:p') } }),
    );
    assert.deepEqual(
      decoded.credentials.map(({ server }) => server),
      ['b.example.com'],
    );
    assert.match(decoded.problems[0]?.message ?? '', /a\.example\.com/);
  });
});

describe('mergePullSecrets', () => {
  it('lets the first listed win for each server', () => {
    const { credentials: first } = decodePullSecret(
      dockerConfigJson({ a: { auth: base64('one:1') }, b: { auth: base64('one:1') } }),
    );
    const { credentials: second } = decodePullSecret(
      dockerConfigJson({ b: { auth: base64('two:2') }, c: { auth: base64('two:2') } }),
    );
    const merged = mergePullSecrets([first, second]);
    assert.deepEqual(
      merged.credentials.map(({ server, userName }) => [server, userName]),
      [
        ['a', 'one'],
        ['b', 'one'],
        ['c', 'two'],
      ],
    );
    assert.deepEqual(
      merged.overruled.map(({ server, userName }) => [server, userName]),
      [['b', 'two']],
    );
  });
});
