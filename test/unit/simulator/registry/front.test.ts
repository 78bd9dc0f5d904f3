import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRegistryConnection } from '../../../../simulator/eci/pull/registry-connection.ts';
import type { RegistryConnection } from '../../../../simulator/eci/pull/registry-connection.ts';
import type { Principal } from '../../../../simulator/types.ts';
import * as w from '../eci/eci-world.ts';

const owner: Principal = { kind: 'root', accountId: w.ACCOUNT_A, arn: `acs:ram::${w.ACCOUNT_A}:root`, accessKeyId: '' };
const DEBIAN = '/usr/bin/docker-registry';

/** docker-registry hides OCI manifests from clients that do not ask for them. */
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

for (const [store, binary] of [
  ['the built-in store', '/nonexistent/docker-registry'],
  ['docker-registry', DEBIAN],
] as const) {
  describe(`the registry front over ${store}`, () => {
    let world: w.EciWorld;
    let connection: RegistryConnection;

    before(async function () {
      if (binary === DEBIAN && !existsSync(DEBIAN)) {
        this.skip();
      }
      world = await w.startEciWorld(w.eciFixture(), binary);
      connection = createRegistryConnection(() => world.registry.url);
    });

    after(async () => {
      connection?.close();
      await world?.stop();
    });

    const basic = (user: string, password: string) => ({
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    });

    const tokenFor = async (service: string, repository: string, headers: Record<string, string> = {}) => {
      const query = new URLSearchParams({ service, scope: `repository:${repository}:pull` });
      const answer = await connection.send('dockerauth-ee.cn-hangzhou.aliyuncs.com', `/auth?${query.toString()}`, {
        headers,
      });
      const body = JSON.parse(answer.body.toString()) as { token?: string; expires_in?: number };
      return { status: answer.status, token: body.token ?? '', expiresIn: body.expires_in };
    };

    const manifest = (host: string, repository: string, token: string) =>
      connection.send(host, `/v2/${repository}/manifests/v1`, {
        headers: { accept: MANIFEST, authorization: `Bearer ${token}` },
      });

    const serviceA = `registry.aliyuncs.com:cn-hangzhou:china:${w.INSTANCE_A}`;

    const challenges: Record<string, [host: string, challenge: string]> = {
      'an Enterprise host': [
        w.HOST_A,
        `realm="https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth",service="${serviceA}"`,
      ],
      'a custom domain': [
        w.CUSTOM_A,
        `realm="https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth",service="${serviceA}"`,
      ],
      'a Personal host': [
        w.PERSONAL,
        'realm="https://dockerauth.cn-hangzhou.aliyuncs.com/auth",service="registry.aliyuncs.com:cn-hangzhou:26842"',
      ],
      'another registry': [w.PRIVATE_HUB, `realm="https://${w.PRIVATE_HUB}/auth",service="${w.PRIVATE_HUB}"`],
    };
    for (const [title, [host, challenge]] of Object.entries(challenges)) {
      it(`challenges at ${title} in its form`, async () => {
        const answer = await connection.send(host, '/v2/');
        assert.equal(answer.status, 401);
        assert.equal(answer.headers['www-authenticate'], `Bearer ${challenge}`);
      });
    }

    it('names itself as realm to clients at its own address', async () => {
      const own = new URL(world.registry.url).host;
      const answer = await connection.send(own, '/v2/');
      assert.equal(
        answer.headers['www-authenticate'],
        `Bearer realm="${world.registry.url}/auth",service="registry-front"`,
      );
    });

    it('does not know hosts that nobody has', async () => {
      const answer = await connection.send('nowhere.example.com', '/v2/');
      assert.equal(answer.status, 404);
      assert.match(answer.body.toString(), /no such host/);
    });

    it('serves the same repository at every domain of an instance', async () => {
      const { userName, password } = world.simulator.acr.issue(owner, { instanceId: w.INSTANCE_A, regionId: w.REGION });
      const { token } = await tokenFor(serviceA, 'team/app', basic(userName, password));
      const digests = new Set<unknown>();
      for (const host of [w.HOST_A, w.CUSTOM_A, 'demo-a-registry-vpc.cn-hangzhou.cr.aliyuncs.com']) {
        const answer = await manifest(host, 'team/app', token);
        assert.equal(answer.status, 200, host);
        digests.add(answer.headers['docker-content-digest']);
      }
      assert.equal(digests.size, 1);
    });

    it('keeps repositories of one name at two instances apart', async () => {
      const { userName, password } = world.simulator.acr.issue(owner, { instanceId: w.INSTANCE_A, regionId: w.REGION });
      const { token } = await tokenFor(serviceA, 'team/app', basic(userName, password));
      assert.equal((await manifest(w.HOST_B, 'team/app', token)).status, 401);
      assert.equal((await manifest(w.HOST_A, 'team/other', token)).status, 401);
    });

    it('refuses wrong passwords, and grants nothing to anonymous clients', async () => {
      assert.equal((await tokenFor(serviceA, 'team/app', basic('cr_temp_user', 'a:b'))).status, 401);
      const anonymous = await tokenFor(serviceA, 'team/app');
      assert.equal(anonymous.status, 200);
      assert.equal((await manifest(w.HOST_A, 'team/app', anonymous.token)).status, 401);
    });

    it('does not trust a token that was changed', async () => {
      const { token } = await tokenFor('docker.io', 'library/nginx');
      assert.equal((await manifest('docker.io', 'library/nginx', token)).status, 200);
      assert.equal((await manifest('docker.io', 'library/nginx', `x${token}`)).status, 401);
    });

    it('ends a token with the password it was made from', async () => {
      const { userName, password } = world.simulator.acr.issue(owner, { instanceId: w.INSTANCE_A, regionId: w.REGION });
      world.simulator.clock.advance(3_600_000 - 60_000);
      const { token, expiresIn } = await tokenFor(serviceA, 'team/app', basic(userName, password));
      assert.equal(expiresIn, 60);
      assert.equal((await manifest(w.HOST_A, 'team/app', token)).status, 200);
      world.simulator.clock.advance(60_000);
      assert.equal((await manifest(w.HOST_A, 'team/app', token)).status, 401);
      assert.equal((await tokenFor(serviceA, 'team/app', basic(userName, password))).status, 401);
    });
  });
}
