import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { CredentialError } from '../../../src/credentials/errors.ts';
import type { AcrEntry, CredentialRequest, ResolvedCredentials } from '../../../src/credentials/types.ts';
import { Secret } from '../../../src/secret.ts';
import { settle } from '../../support/fake-clock.ts';
import {
  CROSS_ACCOUNT,
  FakeCloud,
  HOUR_MS,
  OWN,
  requestOf,
  SECRET_MARK,
  SERVICE_ROLE,
  USER_ROLE,
  refusal,
} from './fake-cloud.ts';

const DEFAULT_HOST = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
const VPC_HOST = 'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com';
const CUSTOM = 'images.example.com';
const ARNS: AcrEntry = { serviceRoleArn: SERVICE_ROLE, userRoleArn: USER_ROLE };

/** Passwords as the fake makes them: for which registry, by whom. */
function sent(resolved: ResolvedCredentials): Record<string, string> {
  return Object.fromEntries(
    resolved.imageRegistryCredentials.map(({ server, password }) => [
      server,
      password.reveal().replace(`${SECRET_MARK}:`, '').replace(/:\d+$/, ''),
    ]),
  );
}

function kinds(resolved: ResolvedCredentials): Record<string, string> {
  return Object.fromEntries(resolved.hosts.map(({ host, kind }) => [host, kind]));
}

function warnings(resolved: ResolvedCredentials): string[] {
  return resolved.notes.filter(({ type }) => type === 'Warning').map(({ reason, message }) => `${reason}: ${message}`);
}

async function failure(promise: Promise<unknown>): Promise<CredentialError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof CredentialError, inspect(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'did not fail' });
}

describe('a credential resolver that resolves', () => {
  it('runs service role, user role and password for a custom domain that the instance owns', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolved = await cloud.resolver().resolve(requestOf([`${CUSTOM}/ns/app:v1`], CROSS_ACCOUNT));
    assert.deepEqual(sent(resolved), { [CUSTOM]: `cri-a:${USER_ROLE}` });
    assert.deepEqual(resolved.acrRegistryInfos, []);
    assert.equal(resolved.expiresAtMs, cloud.clock.nowMs() + HOUR_MS);
    assert.deepEqual(resolved.notes, [
      {
        type: 'Normal',
        reason: 'ImageCredentialsResolved',
        message:
          'images.example.com: access key LTAIexample → role role-assume of 1111 → role role-acr of 2222 → instance cri-a in cn-hangzhou, password until 2026-01-01T01:00:00Z',
      },
    ]);
  });

  it('asks for sessions of the configured life', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver({ sessionDurationSeconds: 7200 });
    const resolved = await resolver.resolve(requestOf([`${CUSTOM}/ns/app:v1`], CROSS_ACCOUNT));
    assert.equal(resolved.expiresAtMs, cloud.clock.nowMs() + 2 * HOUR_MS, 'a password lives as long as its session');
  });

  it('finds the instance behind a default domain by its exact name', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolved = await cloud.resolver().resolve(requestOf([`${DEFAULT_HOST}/ns/app`, `${VPC_HOST}/ns/app`], ARNS));
    assert.deepEqual(sent(resolved), { [DEFAULT_HOST]: `cri-a:${USER_ROLE}`, [VPC_HOST]: `cri-a:${USER_ROLE}` });
    assert.equal(cloud.count('ListInstance'), 1);
    assert.equal(cloud.count('GetAuthorizationToken'), 1);
  });

  it('gives the password of an instance for the VPC variant of a listed system name', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolved = await cloud.resolver().resolve(requestOf([`${VPC_HOST}/ns/app`], CROSS_ACCOUNT));
    assert.deepEqual(sent(resolved), { [VPC_HOST]: `cri-a:${USER_ROLE}` });
  });

  it('looks for an instance in the region before its id', async () => {
    const cloud = new FakeCloud();
    cloud.addInstance({ instanceId: 'cri-b', regionId: 'cn-beijing', usableBy: [OWN] });
    const resolved = await cloud
      .resolver()
      .resolve(requestOf([`${CUSTOM}/a`], { instanceId: 'cri-b', regionId: 'cn-beijing' }));
    assert.deepEqual(sent(resolved), { [CUSTOM]: `cri-b:${OWN}` });
    assert.equal(cloud.count('AssumeRole'), 0);
  });

  it('narrows the last session only', async () => {
    const cloud = FakeCloud.crossAccount();
    await cloud.resolver().resolve(requestOf([`${CUSTOM}/a`], CROSS_ACCOUNT));
    const [first, last] = cloud.calls.filter(({ action }) => action === 'AssumeRole');
    assert.equal(first?.policy, undefined);
    assert.match(last?.policy ?? '', /"cr:Get\*","cr:List\*","cr:Pull\*"/);
    assert.match(first?.sessionName ?? '', /^eci-kubelet-[0-9a-f]{16}$/);
    assert.equal(first?.sessionName, last?.sessionName);
  });

  it('sends nothing for a default domain without an annotation, and calls nobody', async () => {
    const cloud = new FakeCloud();
    const resolved = await cloud.resolver().resolve(requestOf([`${DEFAULT_HOST}/a`, 'nginx', `${CUSTOM}/b`]));
    assert.deepEqual(kinds(resolved), {
      [DEFAULT_HOST]: 'same-account-default',
      'docker.io': 'anonymous',
      [CUSTOM]: 'anonymous',
    });
    assert.deepEqual(resolved.imageRegistryCredentials, []);
    assert.deepEqual(resolved.notes, []);
    assert.deepEqual(cloud.calls, []);
  });

  it('serves the shared Personal host by the first chain whose password works', async () => {
    const cloud = FakeCloud.crossAccount();
    const other = 'acs:ram::3333:role/role-acr';
    cloud.trust.set(other, [SERVICE_ROLE]);
    cloud.personalUsers.add(other);
    const resolved = await cloud
      .resolver()
      .resolve(requestOf(['registry.cn-beijing.aliyuncs.com/a/b'], ARNS, { ...ARNS, userRoleArn: other }));
    assert.deepEqual(sent(resolved), { 'registry.cn-beijing.aliyuncs.com': `personal:${other}` });
  });

  it('does not pass over a Personal account that is merely out of reach', async () => {
    const cloud = FakeCloud.crossAccount();
    const other = 'acs:ram::3333:role/role-acr';
    cloud.trust.set(other, [SERVICE_ROLE]);
    cloud.personalUsers.add(USER_ROLE).add(other);
    cloud.fail(
      'GetAuthorizationToken',
      () => refusal('GetAuthorizationToken', 'Throttling.User'),
      ({ principal }) => principal === USER_ROLE,
    );
    const request = requestOf(['registry.cn-beijing.aliyuncs.com/a/b'], ARNS, { ...ARNS, userRoleArn: other });
    const error = await failure(cloud.resolver().resolve(request));
    assert.equal(error.class, 'transient');
  });

  it('tries the accounts in order for a default domain until one has the instance', async () => {
    const cloud = FakeCloud.crossAccount();
    const other = 'acs:ram::3333:role/role-acr';
    cloud.trust.set(other, [SERVICE_ROLE]);
    const resolved = await cloud
      .resolver()
      .resolve(requestOf([`${DEFAULT_HOST}/a`], { ...ARNS, userRoleArn: other }, ARNS));
    assert.deepEqual(sent(resolved), { [DEFAULT_HOST]: `cri-a:${USER_ROLE}` });
    assert.deepEqual(warnings(resolved), []);
  });

  it('says that it cannot serve a dedicated Personal domain', async () => {
    const cloud = FakeCloud.crossAccount();
    const host = 'crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com';
    const error = await failure(cloud.resolver().resolve(requestOf([`${host}/a/b`], ARNS)));
    assert.equal(error.code, 'Credentials.UnsupportedRegistry');
    assert.match(error.message, /--credential-delivery=forward/);
    assert.deepEqual(cloud.calls, []);
  });

  it('refuses an instance that does not run', async () => {
    const cloud = FakeCloud.crossAccount();
    Object.assign(cloud.instances[0] ?? {}, { instanceStatus: 'STOPPED' });
    const error = await failure(cloud.resolver().resolve(requestOf([`${DEFAULT_HOST}/a`], ARNS)));
    assert.equal(error.code, 'Credentials.InstanceNotRunning');
    assert.equal(error.class, 'permanent');
    assert.match(error.message, /cri-a \(demo\) in cn-hangzhou is STOPPED/);
  });

  it('suspects the region when an instance is unknown', async () => {
    const cloud = FakeCloud.crossAccount();
    const entry = { ...CROSS_ACCOUNT, regionId: 'cn-beijing' };
    const error = await failure(cloud.resolver().resolve(requestOf([`${CUSTOM}/a`], entry)));
    assert.equal(error.code, 'INSTANCE_NOT_EXIST');
    assert.match(
      error.message,
      /^No credentials for images\.example\.com: Hop 3 \(instance lookup, instance cri-a in cn-beijing\)/,
    );
    assert.match(error.advice, /^Check the region first/);
  });

  it('names hop, role, code, request id and advice when the user role refuses', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.trust.set(USER_ROLE, []);
    const error = await failure(cloud.resolver().resolve(requestOf([`${CUSTOM}/a`], CROSS_ACCOUNT)));
    assert.deepEqual(error.hop, {
      number: 2,
      name: 'user role',
      roleArn: USER_ROLE,
      caller: 'role role-assume of 1111',
    });
    assert.equal(
      error.message,
      'No credentials for images.example.com: Hop 2 (user role role-acr of 2222) failed: AssumeRole was answered NoPermission (request id REQ-1). Let the trust policy of role role-acr of 2222 name role role-assume of 1111, or the account of the latter, as RAM principal.',
    );
    assert.equal(error.requestId, 'REQ-1');
    assert.equal(error.class, 'permission');
  });

  it('fails when one host has no working chain, even if the others have', async () => {
    const cloud = FakeCloud.crossAccount();
    const own = { instanceId: 'cri-own', instanceName: 'own', usableBy: [OWN] };
    cloud.addInstance({ ...own, domains: [{ domain: 'own-registry.cn-hangzhou.cr.aliyuncs.com', type: 'SYSTEM' }] });
    const broken = { ...CROSS_ACCOUNT, instanceId: 'cri-gone' };
    const images = ['own-registry.cn-hangzhou.cr.aliyuncs.com/a', `${CUSTOM}/b`];
    const error = await failure(cloud.resolver().resolve(requestOf(images, { instanceId: 'cri-own' }, broken)));
    assert.equal(error.code, 'INSTANCE_NOT_EXIST');
    assert.match(error.message, /^No credentials for images\.example\.com:/);
  });

  it('holds an object with an unreadable image', async () => {
    const error = await failure(new FakeCloud().resolver().resolve(requestOf(['https://a.b/c'])));
    assert.equal(error.code, 'Credentials.InvalidImageReference');
  });

  it('holds an object that needs more than ten credentials, with the count', async () => {
    const servers = Array.from({ length: 11 }, (_, index) => `r${index}.example.com`);
    const pullSecrets = servers.map((server) => ({ server, userName: 'u', password: new Secret('p'), source: 'ns/s' }));
    const request = { images: servers.map((server) => `${server}/a`), entries: [], pullSecrets };
    const error = await failure(new FakeCloud().resolver().resolve(request));
    assert.equal(error.code, 'Credentials.TooMany');
    assert.match(error.message, /11 registry credentials/);
  });
});

describe('the ownership of a host', () => {
  const evil = 'evil.example.com';
  const delivery = ['resolve', 'auto', 'forward'] as const;

  for (const mode of delivery) {
    it(`is required for every password in mode ${mode}`, async () => {
      const cloud = FakeCloud.crossAccount();
      const resolved = await cloud.resolver({ delivery: mode }).resolve(requestOf([`${evil}/a`], CROSS_ACCOUNT));
      assert.deepEqual(resolved.imageRegistryCredentials, []);
      assert.equal(cloud.count('GetAuthorizationToken'), 0);
      if (mode !== 'forward') assert.deepEqual(kinds(resolved), { [evil]: 'not-owned' });
    });

    it(`is not proven by the challenge of a custom domain in mode ${mode}`, async () => {
      const cloud = FakeCloud.crossAccount();
      cloud.fail('ListInstanceEndpoint', () => refusal('ListInstanceEndpoint', 'NoPermission'));
      for (const realm of [`https://${evil}/auth`, 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth']) {
        cloud.challenges.set(evil, { realm, service: '', instanceId: 'cri-a', regionId: 'cn-hangzhou' });
        const resolved = await cloud.resolver({ delivery: mode }).resolve(requestOf([`${evil}/a`], CROSS_ACCOUNT));
        assert.deepEqual(resolved.imageRegistryCredentials, []);
      }
    });
  }

  it('is not given for another port of an owned name', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolved = await cloud.resolver().resolve(requestOf([`${CUSTOM}:8443/a`], CROSS_ACCOUNT));
    assert.deepEqual(resolved.imageRegistryCredentials, []);
    assert.equal(
      sent(await cloud.resolver().resolve(requestOf([`${CUSTOM}:443/a`], CROSS_ACCOUNT)))[`${CUSTOM}:443`],
      `cri-a:${USER_ROLE}`,
    );
  });

  it('is proven by the challenge of a custom domain only if the operator decided so', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.fail('ListInstanceEndpoint', () => refusal('ListInstanceEndpoint', 'NoPermission'));
    const realm = 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth';
    cloud.challenges.set(CUSTOM, { realm, service: '', instanceId: 'cri-a', regionId: 'cn-hangzhou' });
    const resolver = cloud.resolver({ trustCustomHostChallenges: true });
    assert.deepEqual(sent(await resolver.resolve(requestOf([`${CUSTOM}/a`], CROSS_ACCOUNT))), {
      [CUSTOM]: `cri-a:${USER_ROLE}`,
    });
  });

  it('is proven by the challenge of a default domain where listing is refused', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.fail('ListInstanceEndpoint', () => refusal('ListInstanceEndpoint', 'NoPermission'));
    cloud.fail('ListInstance', () => refusal('ListInstance', 'NoPermission'));
    cloud.challenges.set(DEFAULT_HOST, {
      realm: 'https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth',
      service: '',
      instanceId: 'cri-a',
      regionId: 'cn-hangzhou',
    });
    const resolver = cloud.resolver();
    assert.deepEqual(sent(await resolver.resolve(requestOf([`${DEFAULT_HOST}/a`], CROSS_ACCOUNT))), {
      [DEFAULT_HOST]: `cri-a:${USER_ROLE}`,
    });
    assert.deepEqual(sent(await resolver.resolve(requestOf([`${DEFAULT_HOST}/a`], ARNS))), {
      [DEFAULT_HOST]: `cri-a:${USER_ROLE}`,
    });
    assert.deepEqual(cloud.probes, [DEFAULT_HOST]);
  });

  it('is not proven by a challenge that names another instance or sends tokens elsewhere', async () => {
    const wrong = [
      { realm: 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth', instanceId: 'cri-other', regionId: 'cn-hangzhou' },
      { realm: 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth', instanceId: 'cri-a', regionId: 'cn-beijing' },
      { realm: 'https://evil.example.com/auth', instanceId: 'cri-a', regionId: 'cn-hangzhou' },
    ];
    for (const challenge of wrong) {
      const cloud = FakeCloud.crossAccount();
      cloud.fail('ListInstanceEndpoint', () => refusal('ListInstanceEndpoint', 'NoPermission'));
      cloud.challenges.set(DEFAULT_HOST, { service: '', ...challenge });
      const resolved = await cloud.resolver().resolve(requestOf([`${DEFAULT_HOST}/a`], CROSS_ACCOUNT));
      assert.deepEqual(resolved.imageRegistryCredentials, []);
      assert.match(warnings(resolved).join(), /^RegistryHostNotOwned: .*grant cr:ListInstanceEndpoint/);
    }
  });

  it('of an ACR host that is missing gives a warning and leaves the host to the service-linked role', async () => {
    const cloud = FakeCloud.crossAccount();
    const host = 'other-registry.cn-hangzhou.cr.aliyuncs.com';
    const resolved = await cloud.resolver().resolve(requestOf([`${host}/a`], CROSS_ACCOUNT));
    assert.deepEqual(resolved.hosts, [{ host, kind: 'not-owned', instanceIds: ['cri-a'] }]);
    assert.equal(warnings(resolved).length, 1);
    assert.match(warnings(resolved)[0] ?? '', /other-registry.*is not a domain of instance cri-a in cn-hangzhou/);
  });

  it('of a sidecar from elsewhere is not missed beside a served host', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolved = await cloud
      .resolver()
      .resolve(requestOf([`${CUSTOM}/a`, 'busybox', 'quay.io/b/c'], CROSS_ACCOUNT));
    assert.deepEqual(kinds(resolved), { [CUSTOM]: 'resolved', 'docker.io': 'anonymous', 'quay.io': 'anonymous' });
    assert.deepEqual(warnings(resolved), []);
    assert.deepEqual(cloud.probes, []);
  });

  it('is missed when a named instance serves none of the hosts', async () => {
    const cloud = FakeCloud.crossAccount();
    for (const image of ['busybox', 'quay.io/b/c']) {
      const resolved = await cloud.resolver().resolve(requestOf([image], CROSS_ACCOUNT));
      assert.match(warnings(resolved).join(), /^RegistryHostNotOwned: Instance cri-a serves none of the image hosts/);
    }
  });

  it('is asked once per instance, however many Pods there are, for ten minutes', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    const request = requestOf([`${CUSTOM}/a`, `${DEFAULT_HOST}/a`, 'quay.io/x/y'], CROSS_ACCOUNT);
    await Promise.all(Array.from({ length: 50 }, () => resolver.resolve(request)));
    await cloud.clock.advance(599_000);
    await resolver.resolve(request);
    assert.equal(cloud.count('ListInstanceEndpoint'), 1);
    await cloud.clock.advance(2000);
    await resolver.resolve(request);
    assert.equal(cloud.count('ListInstanceEndpoint'), 2);
  });
});

describe('a credential resolver under load and over time', () => {
  const request = requestOf([`${CUSTOM}/a`], CROSS_ACCOUNT);

  it('runs one chain for a thousand concurrent Pods', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    await Promise.all(Array.from({ length: 1000 }, () => resolver.resolve(request)));
    const counts = ['AssumeRole', 'ListInstanceEndpoint', 'GetAuthorizationToken'].map((action) => cloud.count(action));
    assert.deepEqual(counts, [2, 1, 1]);
  });

  it('shares the chain among role ARNs that differ in case only', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    await resolver.resolve(request);
    await resolver.resolve(
      requestOf([`${CUSTOM}/a`], { ...CROSS_ACCOUNT, userRoleArn: USER_ROLE.replace('role-acr', 'Role-ACR') }),
    );
    assert.equal(cloud.count('AssumeRole'), 2);
  });

  it('keeps regions, instances and editions apart', async () => {
    const cloud = new FakeCloud();
    cloud.trust.set(SERVICE_ROLE, [OWN]);
    cloud.personalUsers.add(SERVICE_ROLE);
    const resolver = cloud.resolver();
    const entry = { serviceRoleArn: SERVICE_ROLE };
    await resolver.resolve(
      requestOf(['registry.cn-beijing.aliyuncs.com/a/b', 'registry.cn-hangzhou.aliyuncs.com/a/b'], entry),
    );
    assert.equal(cloud.count('GetAuthorizationToken'), 2);
    assert.equal(cloud.count('AssumeRole'), 1);
  });

  it('renews the session before the password, so that the new password lives longer', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    const first = await resolver.resolve(request);
    await cloud.clock.advance(HOUR_MS - 300_000);
    assert.equal((await resolver.resolve(request)).expiresAtMs, first.expiresAtMs);
    for (let turn = 0; turn < 5; turn += 1) await settle();
    const renewed = await resolver.resolve(request);
    assert.equal(renewed.expiresAtMs, cloud.clock.nowMs() + HOUR_MS);
    assert.equal(cloud.count('GetAuthorizationToken'), 2);
  });

  it('renews ahead for a caller who needs more life, as for running groups', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    await resolver.resolve(request);
    await cloud.clock.advance(HOUR_MS / 2);
    const renewed = await resolver.resolve({ ...request, minimumLifeMs: (HOUR_MS * 3) / 4 });
    assert.equal(renewed.expiresAtMs, cloud.clock.nowMs() + HOUR_MS);
  });

  it('keeps serving the old password while renewal fails, and never an expired one', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    const first = await resolver.resolve(request);
    const repair = cloud.fail('AssumeRole', () => refusal('AssumeRole', 'ServiceUnavailable'));
    await cloud.clock.advance(HOUR_MS - 60_000);
    assert.equal((await resolver.resolve(request)).expiresAtMs, first.expiresAtMs);
    await cloud.clock.advance(60_000);
    const error = await failure(resolver.resolve(request));
    assert.equal(error.class, 'transient');
    repair();
    assert.equal((await resolver.resolve(request)).expiresAtMs, cloud.clock.nowMs() + HOUR_MS);
  });

  it('runs the chain once more when the cloud no longer knows the session', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    await resolver.resolve(request);
    cloud.revokeSessions();
    const other = requestOf([`${DEFAULT_HOST}/a`], ARNS);
    assert.deepEqual(sent(await resolver.resolve(other)), { [DEFAULT_HOST]: `cri-a:${USER_ROLE}` });
  });

  it('gives up after one more run, and says so', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'InvalidSecurityToken.Malformed'));
    const error = await failure(cloud.resolver().resolve(request));
    assert.match(error.advice, /Fresh credentials were fetched once/);
    assert.equal(cloud.count('GetAuthorizationToken'), 2);
    assert.equal(cloud.count('AssumeRole'), 3);
  });

  it('runs new chains when the own key changes', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    await resolver.resolve(request);
    cloud.ownKeyId = 'LTAIrotated';
    await resolver.resolve(request);
    assert.equal(cloud.count('AssumeRole'), 4);
  });

  it('remembers a lasting failure for half a minute and a passing one not at all', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    const repair = cloud.fail('AssumeRole', () => refusal('AssumeRole', 'Throttling.User'));
    await failure(resolver.resolve(request));
    await failure(resolver.resolve(request));
    assert.equal(cloud.count('AssumeRole'), 2);
    repair();
    cloud.trust.delete(SERVICE_ROLE);
    await Promise.all(Array.from({ length: 20 }, () => failure(resolver.resolve(request))));
    await cloud.clock.advance(29_000);
    await failure(resolver.resolve(request));
    assert.equal(cloud.count('AssumeRole'), 3);
    await cloud.clock.advance(2000);
    cloud.trust.set(SERVICE_ROLE, [OWN]);
    assert.equal((await resolver.resolve(request)).imageRegistryCredentials.length, 1);
  });

  it('reports an identity without credentials as hop 0', async () => {
    const cloud = FakeCloud.crossAccount();
    const identity = {
      description: 'ECS role web',
      accessKey: async () => {
        throw refusal('GetMetadata', 'Local.Unreachable');
      },
    };
    const error = await failure(cloud.resolver({ identity }).resolve(request));
    assert.equal(error.hop?.number, 0);
    assert.match(error.message, /Hop 0 \(ECS role web\).*Local\.Unreachable.*metadata service/);
  });
});

describe('explicit pull secrets', () => {
  const pullSecrets = [{ server: CUSTOM, userName: 'robot', password: new Secret('p'), source: 'ns/regcred' }];

  it('win over a chain, with an event and without a call', async () => {
    const cloud = FakeCloud.crossAccount();
    const request: CredentialRequest = { images: [`${CUSTOM}/a`], entries: [CROSS_ACCOUNT], pullSecrets };
    const resolved = await cloud.resolver({ delivery: 'auto' }).resolve(request);
    assert.deepEqual(
      resolved.imageRegistryCredentials.map(({ server, userName }) => ({ server, userName })),
      [{ server: CUSTOM, userName: 'robot' }],
    );
    assert.deepEqual(
      resolved.notes.map(({ reason }) => reason),
      ['PullSecretPreferred'],
    );
    assert.deepEqual(cloud.calls, []);
  });

  it('of other registries are left out', async () => {
    const request: CredentialRequest = { images: ['nginx'], entries: [], pullSecrets };
    assert.deepEqual((await new FakeCloud().resolver().resolve(request)).imageRegistryCredentials, []);
  });
});

describe('secrets', () => {
  it('appear in no outcome, note, plan or error, however they are printed', async () => {
    const cloud = FakeCloud.crossAccount();
    const resolver = cloud.resolver();
    const good = await resolver.resolve(requestOf([`${CUSTOM}/a`, 'quay.io/a/b'], CROSS_ACCOUNT));
    cloud.trust.set(USER_ROLE, []);
    await cloud.clock.advance(HOUR_MS);
    const bad = await failure(resolver.resolve(requestOf([`${CUSTOM}/a`], CROSS_ACCOUNT)));
    for (const value of [good, bad, bad.message, bad.cause]) {
      for (const text of [inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value), String(value)]) {
        assert.ok(!text.includes(SECRET_MARK), text);
      }
    }
  });
});
