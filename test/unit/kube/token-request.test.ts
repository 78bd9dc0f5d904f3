import assert from 'node:assert/strict';
import { requestToken } from '../../../src/kube/token-request.ts';

const REPORTED = '2026-03-01T13:00:00Z';
const options = {
  namespace: 'team',
  serviceAccount: 'robot',
  audiences: [],
  expirationSeconds: 3607,
  podName: 'web',
  podUid: 'uid-1',
};

async function answered(token: string | undefined): ReturnType<typeof requestToken> {
  const status = { expirationTimestamp: REPORTED, ...(token === undefined ? {} : { token }) };
  return await requestToken({ create: async <T>() => ({ status }) as T }, options);
}

const jwt = (claims: unknown): string =>
  ['h', JSON.stringify(claims), 's'].map((part) => Buffer.from(part).toString('base64url')).join('.');

describe('requestToken', () => {
  it('goes by the end that the token itself has, where the server reports an hour', async () => {
    const { token, expiresAtMs } = await answered(jwt({ exp: 1_800_000_000 }));
    assert.equal(expiresAtMs, 1_800_000_000_000);
    assert.doesNotMatch(JSON.stringify({ token }), /eyJ/);
  });

  for (const [title, token] of Object.entries({
    'is no JSON Web Token': 'opaque',
    'has no JSON in it': 'a.b.c',
    'says nothing about its end': jwt({ iss: 'x' }),
    'has an end that is no number': jwt({ exp: 'soon' }),
    'is nothing but null': jwt(null),
  })) {
    it(`goes by the report when the token ${title}`, async () => {
      assert.equal((await answered(token)).expiresAtMs, Date.parse(REPORTED));
    });
  }

  it('fails without a token', async () => {
    await assert.rejects(answered(undefined), { reason: 'BadAnswer' });
  });

  it('binds the token to the Pod and leaves out the audience of the API server', async () => {
    const bodies: unknown[] = [];
    const create = async <T>(path: string, body: object): Promise<T> => {
      bodies.push([path, body]);
      return { status: { token: 't', expirationTimestamp: REPORTED } } as T;
    };
    await requestToken({ create }, options);
    assert.deepEqual(bodies, [
      [
        '/api/v1/namespaces/team/serviceaccounts/robot/token',
        {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: {
            audiences: undefined,
            expirationSeconds: 3607,
            boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'web', uid: 'uid-1' },
          },
        },
      ],
    ]);
  });
});
