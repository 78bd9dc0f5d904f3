import assert from 'node:assert/strict';
import { createMetadataClient, type MetadataClientOptions } from '../../../src/alibaba/metadata.ts';
import { testCaller } from './cloud-caller-fixture.ts';

const credentials = {
  Code: 'Success',
  AccessKeyId: 'STS.ecs',
  AccessKeySecret: 'CANARY-SECRET',
  SecurityToken: 'CANARY-TOKEN',
  Expiration: '2026-01-01T06:00:00Z',
};

interface Service {
  tokens: number;
  requests: string[];
  answer: (path: string, token: string | undefined) => { status: number; body: string };
  tokenStatus: number;
}

function setUp(service: Partial<Service> = {}, options: Partial<MetadataClientOptions> = {}) {
  const { call, clock } = testCaller();
  const state: Service = {
    tokens: 0,
    requests: [],
    tokenStatus: 200,
    answer: (path) =>
      path.endsWith('/') ? { status: 200, body: 'web\n' } : { status: 200, body: JSON.stringify(credentials) },
    ...service,
  };
  const fetch: MetadataClientOptions['fetch'] = (address, init) => {
    const url = new URL(address);
    const headers = new Headers(init.headers);
    state.requests.push(`${init.method} ${url.pathname}`);
    if (init.method === 'PUT') {
      state.tokens += 1;
      return Promise.resolve(new Response(`token-${state.tokens}`, { status: state.tokenStatus }));
    }
    const { status, body } = state.answer(url.pathname, headers.get('X-aliyun-ecs-metadata-token') ?? undefined);
    return Promise.resolve(new Response(body, { status }));
  };
  return { clock, state, client: createMetadataClient({ call, clock, fetch, ...options }) };
}

describe('ECS metadata client', () => {
  it('finds the role and its credentials with one token', async () => {
    const { client, state } = setUp();
    const roleName = await client.roleName();
    const key = await client.roleCredentials(roleName);
    assert.deepEqual([roleName, key.accessKeyId, key.expiresAtMs], ['web', 'STS.ecs', Date.UTC(2026, 0, 1, 6)]);
    assert.deepEqual(state.requests, [
      'PUT /latest/api/token',
      'GET /latest/meta-data/ram/security-credentials/',
      'GET /latest/meta-data/ram/security-credentials/web',
    ]);
  });

  it('fetches another token when the old one nears its end', async () => {
    const { client, clock, state } = setUp();
    await client.roleName();
    await clock.advance(21_600_000 - 60_000);
    await client.roleName();
    assert.equal(state.tokens, 2);
  });

  it('fetches another token when the service has forgotten the old one', async () => {
    const { client, state } = setUp({
      answer: (_path, token) =>
        token === 'token-2' ? { status: 200, body: 'cn-hangzhou' } : { status: 401, body: '' },
    });
    assert.equal(await client.regionId(), 'cn-hangzhou');
    assert.equal(state.tokens, 2);
  });

  for (const tokenStatus of [403, 404]) {
    it(`goes without a token after ${tokenStatus} only where that is allowed`, async () => {
      const tokenless = { tokenStatus, answer: () => ({ status: 200, body: 'cn-hangzhou' }) };
      await assert.rejects(setUp(tokenless).client.regionId(), { code: 'Metadata.Refused' });
      const { client, state } = setUp(tokenless, { tokenlessFallback: true });
      assert.equal(await client.regionId(), 'cn-hangzhou');
      assert.deepEqual(state.requests, ['PUT /latest/api/token', 'GET /latest/meta-data/region-id']);
    });
  }

  for (const tokenStatus of [400, 500]) {
    it(`asks for nothing without a token after ${tokenStatus}, where one is to be had`, async () => {
      const { client, state } = setUp({ tokenStatus }, { tokenlessFallback: true });
      await assert.rejects(client.roleName());
      assert.deepEqual(
        state.requests.filter((request) => !request.startsWith('PUT')),
        [],
      );
    });
  }

  it('says that no role is attached', async () => {
    const { client } = setUp({ answer: () => ({ status: 404, body: '' }) });
    await assert.rejects(client.roleName(), { code: 'Metadata.NoRole', httpStatus: 404 });
  });

  it('does not repeat what it could not read', async () => {
    for (const body of ['{"AccessKeySecret":"CANARY', JSON.stringify({ ...credentials, Code: 'Failed' })]) {
      const { client } = setUp({ answer: () => ({ status: 200, body }) });
      await assert.rejects(client.roleCredentials('web'), (error: Error) => {
        assert.equal((error as { code?: string }).code, 'Local.BadAnswer');
        assert.doesNotMatch(`${error.message} ${error.stack}`, /CANARY/);
        return true;
      });
    }
  });
});
