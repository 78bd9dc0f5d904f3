import assert from 'node:assert/strict';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enableRrsa, oidcProviderArn, projectedToken } from '../support/cluster-tokens.ts';
import { accountOf, accounts, allowing, putRole, writeFixture } from '../support/fixture-file.ts';
import { configObject, createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { readHelperSample } from '../support/helper-samples.ts';

const MINUTE_MS = 60_000;
const roleA = 'acs:ram::1111111111111111:role/acr-helper-rrsa';
const ownSubject = 'system:serviceaccount:kube-system:aliyun-acr-credential-helper';

describe('RRSA with tokens of a real API server', function () {
  this.timeout(90_000);
  let platform: HelperPlatform;
  let closeKeys: () => Promise<void>;
  let helper: HelperProcess | undefined;
  let dir: string;
  let tokenFile: string;
  let config: Record<string, string>;
  let roleForAnother = '';

  before(async function () {
    const fixture = await writeFixture((world) => {
      const own = accountOf(world, accounts.a).roles?.find(({ name }) => name === 'acr-helper-rrsa');
      const trust = JSON.parse(
        JSON.stringify(own?.trust).replace(ownSubject, 'system:serviceaccount:kube-system:acr-credential-helper'),
      ) as Record<string, unknown>;
      roleForAnother = putRole(world, accounts.a, {
        name: 'for-another',
        trust,
        policies: [allowing('sts:AssumeRole')],
      });
    });
    platform = await createHelperPlatform(this, { fixture });
    closeKeys = await enableRrsa(platform.plane, platform.simulator);
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-rrsa-'));
    tokenFile = join(dir, 'token');
    const sample = await readHelperSample('rrsa-cross-account');
    config = { ...sample.data };
    await platform.createNamespace(sample.namespace);
  });

  afterEach(async () => {
    await helper?.kill('SIGTERM');
    helper = undefined;
    await platform?.simulator.control('/_sim/clock', { skewMs: 0 });
    await platform?.forgetEvents(configObject);
  });

  after(async () => {
    await closeKeys?.();
    await platform?.dispose();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  const configure = async (change: (info: string) => string = (info) => info): Promise<void> => {
    await platform.configure({ ...config, 'acr-registry-info': change(config['acr-registry-info'] ?? '') });
  };
  const start = async (): Promise<void> => {
    helper = await platform.start({ flags: ['--rrsa-token-file', tokenFile], until: 'alive' });
  };

  const failures: Record<string, { prepare: () => Promise<void>; event: RegExp }> = {
    'a token for another audience': {
      prepare: async () => {
        await configure();
        await writeFile(
          tokenFile,
          await projectedToken(platform.plane, { audience: 'https://kubernetes.default.svc' }),
        );
      },
      event:
        /AuthenticationFail\.OIDCToken\.AudienceNotMatch.* \(request id [0-9A-F-]{36}\).*audience sts\.aliyuncs\.com/,
    },
    'a token that has expired': {
      prepare: async () => {
        await configure();
        await writeFile(tokenFile, await projectedToken(platform.plane));
        await platform.simulator.control('/_sim/clock', { skewMs: 11 * MINUTE_MS });
      },
      event: /AuthenticationFail\.OIDCToken\.Expired.* \(request id [0-9A-F-]{36}\).*token file is stale/,
    },
    'a provider that is not registered': {
      prepare: async () => {
        await configure((info) => info.replace(oidcProviderArn, `${oidcProviderArn}-other`));
        await writeFile(tokenFile, await projectedToken(platform.plane));
      },
      event:
        /AuthenticationFail\.NoPermission.* \(request id [0-9A-F-]{36}\).*rrsaOIDCProviderRoleARN is the OIDC provider of this cluster and RRSA is enabled/,
    },
    'a role that trusts another ServiceAccount': {
      prepare: async () => {
        await configure((info) => info.replace(roleA, roleForAnother));
        await writeFile(tokenFile, await projectedToken(platform.plane));
      },
      event: new RegExp(`AuthenticationFail\\.NoPermission.*trust policy of rrsaRoleARN allows oidc:sub ${ownSubject}`),
    },
    'no token file': {
      prepare: async () => {
        await configure();
        await unlink(tokenFile).catch(() => {});
      },
      event: /token.*delete the Pod/is,
    },
  };
  for (const [what, { prepare, event }] of Object.entries(failures)) {
    it(`${what}: the event names the code and the cause`, async () => {
      await prepare();
      await start();
      const text = await platform.event(configObject, /^CredentialFetchFailed: /);
      assert.match(text, event);
      assert.match(text, /entry 1/i);
      assert.match(text, /cri-cb5d6f7g8h9j0k1l/);
      const { entries } = (await helper?.status()) ?? assert.fail();
      assert.deepEqual(
        entries.map(({ state, lastError }) => [state, lastError?.reason]),
        [['failing', 'CredentialFetchFailed']],
      );
    });
  }

  it('serves as soon as the cause is gone, without a restart: the token file is read at every try', async () => {
    await configure();
    await unlink(tokenFile).catch(() => {});
    await start();
    await platform.event(configObject, /^CredentialFetchFailed: /);
    await writeFile(tokenFile, await projectedToken(platform.plane));
    await platform.event(configObject, /^CredentialsRefreshed: /);
    const { auths } = await platform.secret('acr-rrsa-cross-account', (found) => Object.keys(found.auths).length > 0);
    assert.ok('images.b.example.com' in auths);
    const hops = (await platform.simulator.journal()).filter(
      ({ product, result }) => product === 'sts' && result === 'OK',
    );
    assert.deepEqual(
      hops.slice(-2).map(({ action, chainDepth, parameters }) => [action, chainDepth, parameters['DurationSeconds']]),
      [
        ['AssumeRoleWithOIDC', 0, '3600'],
        ['AssumeRole', 1, '7200'],
      ],
    );
  });
});
