import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFixture } from '../../../../simulator/fixtures/load-fixture.ts';
import { createClusterAuthority } from '../../../support/cluster-authority.ts';
import { assumeRoleWithOidc, roleA } from '../sdk-clients.ts';
import { startSimulator, type RunningSimulator } from '../start-simulator.ts';

const provider = 'acs:ram::1111111111111111:oidc-provider/ack-rrsa-c0123456789abcdef';
const issuer = 'https://kubernetes.default.svc';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a provider that becomes that of a cluster', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let running: RunningSimulator;
  let apiServer: Server;
  let dir: string;
  let keys: { url: string; caFile: string };
  /** Whether the API server gives its keys to strangers. */
  let open = true;

  before(async () => {
    running = await startSimulator();
    dir = await mkdtemp(join(tmpdir(), 'eci-cluster-keys-'));
    const authority = await createClusterAuthority('cluster');
    await writeFile(join(dir, 'ca.crt'), authority.certificate);
    const own = await authority.server('kube-apiserver', '127.0.0.1');
    apiServer = createServer({ cert: own.certificate, key: own.key }, (_request, response) => {
      response.statusCode = open ? 200 : 403;
      response.end(JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k' }] }));
    });
    apiServer.listen(0, '127.0.0.1');
    await once(apiServer, 'listening');
    const { port } = apiServer.address() as AddressInfo;
    keys = { url: `https://127.0.0.1:${port}/openid/v1/jwks`, caFile: join(dir, 'ca.crt') };
  });

  after(async () => {
    apiServer?.closeAllConnections();
    apiServer?.close();
    await running?.simulator.stop();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  const exchange = (iss: string): Promise<unknown> => {
    const now = Math.floor(Date.now() / 1000);
    const sub = 'system:serviceaccount:kube-system:aliyun-acr-credential-helper';
    const claims = { iss, aud: ['sts.aliyuncs.com'], sub, iat: now, exp: now + 600 };
    const text = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}`;
    const signature = createSign('sha256').update(text).sign(pair.privateKey, 'base64url');
    const OIDCToken = `${text}.${signature}`;
    return assumeRoleWithOidc(running.addresses.url, {
      roleArn: roleA('acr-helper-rrsa'),
      OIDCProviderArn: provider,
      OIDCToken,
    });
  };

  it('reads the keys of its API server over TLS, and trust policies follow the issuer', async () => {
    await assert.rejects(exchange(issuer), { code: 'AuthenticationFail.OIDCToken.IssuerNotMatch' });
    const answer = await running.control('POST', '/_sim/oidc-provider', { provider, issuer, keys });
    assert.deepEqual(answer, { provider, issuer });
    await exchange(issuer);
  });

  it('tells when the keys cannot be had: closed, or a certificate of somebody else', async () => {
    const code = 'AuthenticationFail.OIDCToken.IssuerConfigurationBroken';
    open = false;
    await assert.rejects(exchange(issuer), { code });
    open = true;
    const stranger = await createClusterAuthority('stranger');
    await writeFile(keys.caFile, stranger.certificate);
    await assert.rejects(exchange(issuer), { code });
  });

  it('is refused with two sources of keys, unknown members, and for a provider that is not there', async () => {
    for (const body of [
      { provider, keys: { generated: true, url: 'https://127.0.0.1' } },
      { provider, keys: { file: 'a', caFile: 'b' } },
      { provider, surprise: true },
      { provider: 'acs:ram::1111111111111111:oidc-provider/none', issuer },
    ]) {
      const answer = await running.control('POST', '/_sim/oidc-provider', body);
      assert.deepEqual(Object.keys(answer as object), ['error'], JSON.stringify(body));
    }
  });

  it('can be written into a fixture as well', () => {
    const withKeys = (text: string): string =>
      `{regionId: cn-hangzhou, accounts: [{accountId: '1', oidcProviders: [{name: p, issuer: https://i, clientIds: [a], keys: ${text}}]}]}`;
    parseFixture(withKeys('{url: https://127.0.0.1/openid/v1/jwks, caFile: ca.crt}'), 'test');
    assert.throws(() => parseFixture(withKeys('{generated: true, caFile: ca.crt}'), 'test'), /caFile/);
    assert.throws(() => parseFixture(withKeys('{}'), 'test'), /not a usable fixture/);
  });
});
