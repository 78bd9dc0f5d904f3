import assert from 'node:assert/strict';
import type { AccessDeniedDetail } from '../../../src/alibaba/errors.ts';
import { CredentialError } from '../../../src/credentials/errors.ts';
import type { AcrEntry, ResolvedCredentials } from '../../../src/credentials/types.ts';
import { Secret } from '../../../src/secret.ts';
import { CROSS_ACCOUNT, FakeCloud, OWN, refusal, requestOf, SERVICE_ROLE, USER_ROLE } from './fake-cloud.ts';

const CUSTOM = 'images.example.com';
const DEFAULT_HOST = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
const request = requestOf([`${CUSTOM}/a`, 'nginx'], CROSS_ACCOUNT);

function normalReasons(resolved: ResolvedCredentials): string[] {
  return resolved.notes.map(({ reason }) => reason);
}

describe('delivery forward', () => {
  const cases: Record<string, { images: string[]; entries: AcrEntry[]; sent: object[] }> = {
    'hands over exactly what the annotations say': {
      images: [`${CUSTOM}/a`],
      entries: [{ ...CROSS_ACCOUNT, regionId: 'cn-beijing' }],
      sent: [{ instanceId: 'cri-a', regionId: 'cn-beijing', arnService: SERVICE_ROLE, arnUser: USER_ROLE }],
    },
    'hands over roles without an id for a default domain': {
      images: [`${DEFAULT_HOST}/a`],
      entries: [{ serviceRoleArn: SERVICE_ROLE }],
      sent: [{ arnService: SERVICE_ROLE }],
    },
    'hands over roles for a Personal domain of either kind': {
      images: ['registry.cn-beijing.aliyuncs.com/a/b', 'crpi-abc.cn-beijing.personal.cr.aliyuncs.com/a/b'],
      entries: [{ serviceRoleArn: SERVICE_ROLE, userRoleArn: USER_ROLE }],
      sent: [{ arnService: SERVICE_ROLE, arnUser: USER_ROLE }],
    },
    'hands over an entry once for several hosts': {
      images: [`${CUSTOM}/a`, 'b.example.com/a'],
      entries: [{ instanceId: 'cri-a' }],
      sent: [{ instanceId: 'cri-a' }],
    },
    'hands over every entry that may own a host': {
      images: [`${CUSTOM}/a`],
      entries: [{ instanceId: 'cri-a' }, { instanceId: 'cri-b', regionId: 'cn-beijing' }],
      sent: [{ instanceId: 'cri-a' }, { instanceId: 'cri-b', regionId: 'cn-beijing' }],
    },
    'keeps back an entry that can serve no host': {
      images: ['nginx', `${DEFAULT_HOST}/a`],
      entries: [{ instanceId: 'cri-b', regionId: 'cn-beijing' }],
      sent: [],
    },
    'keeps back roles when all hosts are strangers': {
      images: [`${CUSTOM}/a`],
      entries: [{ serviceRoleArn: SERVICE_ROLE }],
      sent: [],
    },
  };
  for (const [sentence, { images, entries, sent }] of Object.entries(cases)) {
    it(`${sentence}, without a call`, async () => {
      const cloud = FakeCloud.crossAccount();
      const resolved = await cloud.resolver({ delivery: 'forward' }).resolve(requestOf(images, ...entries));
      assert.deepEqual(resolved.acrRegistryInfos, sent);
      assert.deepEqual(resolved.imageRegistryCredentials, []);
      assert.deepEqual(cloud.calls, []);
      assert.deepEqual(cloud.probes, []);
    });
  }

  it('keeps back an entry whose only host has a pull secret', async () => {
    const cloud = FakeCloud.crossAccount();
    const pullSecrets = [{ server: CUSTOM, userName: 'u', password: new Secret('p'), source: 'ns/s' }];
    const resolved = await cloud.resolver({ delivery: 'forward' }).resolve({ ...request, pullSecrets });
    assert.deepEqual(resolved.acrRegistryInfos, []);
    assert.equal(resolved.imageRegistryCredentials.length, 1);
  });

  it('says what ECI will do', async () => {
    const resolved = await FakeCloud.crossAccount().resolver({ delivery: 'forward' }).resolve(request);
    assert.deepEqual(resolved.notes, [
      {
        type: 'Normal',
        reason: 'ImageCredentialsForwarded',
        message:
          'images.example.com: ECI runs the chain itself at each pull (ECI → role role-assume of 1111 → role role-acr of 2222 → instance cri-a in cn-hangzhou)',
      },
    ]);
  });

  it('holds an object with more than twenty entries, with the count', async () => {
    const entries = Array.from({ length: 21 }, (_, index) => ({ instanceId: `cri-${index}` }));
    await assert.rejects(
      FakeCloud.crossAccount()
        .resolver({ delivery: 'forward' })
        .resolve(requestOf([`${CUSTOM}/a`], ...entries)),
      (error) => error instanceof CredentialError && /21 ACR entries/.test(error.message),
    );
  });
});

describe('delivery auto', () => {
  it('resolves where the role trusts us', async () => {
    const resolved = await FakeCloud.crossAccount().resolver({ delivery: 'auto' }).resolve(request);
    assert.equal(resolved.imageRegistryCredentials.length, 1);
    assert.deepEqual(resolved.acrRegistryInfos, []);
  });

  it('forwards an entry whose service role trusts only ECI, and says why', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.trust.set(SERVICE_ROLE, ['eci.aliyuncs.com']);
    const resolved = await cloud.resolver({ delivery: 'auto' }).resolve(request);
    assert.deepEqual(resolved.acrRegistryInfos, [
      { instanceId: 'cri-a', arnService: SERVICE_ROLE, arnUser: USER_ROLE },
    ]);
    assert.deepEqual(resolved.imageRegistryCredentials, []);
    assert.deepEqual(normalReasons(resolved), ['ImageCredentialsForwarded']);
    assert.match(
      resolved.notes[0]?.message ?? '',
      /because role role-assume of 1111 does not trust access key LTAIexample \(NoPermission, request id REQ-1\)$/,
    );
  });

  const refusals: Record<string, { detail?: AccessDeniedDetail; forwards: boolean }> = {
    'forwards when the cloud does not say whose policy denied it': { forwards: true },
    'forwards when the detail has no policy type': { detail: { authAction: 'sts:AssumeRole' }, forwards: true },
    'fails when the own policies deny it': {
      detail: { policyType: 'AccountLevelIdentityBasedPolicy' },
      forwards: false,
    },
    'fails when a control policy denies it': { detail: { policyType: 'ControlPolicy' }, forwards: false },
  };
  for (const [sentence, { detail, forwards }] of Object.entries(refusals)) {
    it(sentence, async () => {
      const cloud = FakeCloud.crossAccount();
      cloud.fail('AssumeRole', () => refusal('AssumeRole', 'NoPermission', detail));
      const resolving = cloud.resolver({ delivery: 'auto' }).resolve(request);
      if (forwards) {
        const resolved = await resolving;
        assert.equal(resolved.acrRegistryInfos.length, 1);
        assert.match(resolved.notes[0]?.message ?? '', /without saying whether/);
      } else {
        await assert.rejects(resolving, /Grant sts:AssumeRole.*--credential-delivery=forward/);
      }
    });
  }

  const failures: Record<string, (cloud: FakeCloud) => void> = {
    'a user role that does not trust the service role': (cloud) => cloud.trust.set(USER_ROLE, []),
    'a service role that does not exist': (cloud) => cloud.trust.delete(SERVICE_ROLE),
    throttling: (cloud) => cloud.fail('AssumeRole', () => refusal('AssumeRole', 'Throttling.User')),
    'a registry that refuses the password': (cloud) =>
      cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission')),
  };
  for (const [what, breakIt] of Object.entries(failures)) {
    it(`fails on ${what}`, async () => {
      const cloud = FakeCloud.crossAccount();
      breakIt(cloud);
      await assert.rejects(cloud.resolver({ delivery: 'auto' }).resolve(request), CredentialError);
    });
  }

  it('fails on a registry that refuses the own identity, for which no role is to blame', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.addInstance({ instanceId: 'cri-own', usableBy: [OWN] });
    cloud.fail('GetAuthorizationToken', () => refusal('GetAuthorizationToken', 'NoPermission'));
    await assert.rejects(
      cloud.resolver({ delivery: 'auto' }).resolve(requestOf([`${CUSTOM}/a`], { instanceId: 'cri-own' })),
      /Grant cr:GetAuthorizationToken to access key LTAIexample/,
    );
  });

  it('asks a role that does not trust us once for a thousand Pods, and again after five minutes', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.trust.set(SERVICE_ROLE, []);
    const resolver = cloud.resolver({ delivery: 'auto' });
    await Promise.all(Array.from({ length: 1000 }, () => resolver.resolve(request)));
    await cloud.clock.advance(299_000);
    await resolver.resolve(request);
    assert.equal(cloud.count('AssumeRole'), 1);
    await cloud.clock.advance(2000);
    cloud.trust.set(SERVICE_ROLE, [OWN]);
    assert.deepEqual((await resolver.resolve(request)).acrRegistryInfos, []);
  });

  it('remembers the refusal once for chains that share the service role up to the user role', async () => {
    const cloud = FakeCloud.crossAccount();
    cloud.trust.set(SERVICE_ROLE, []);
    const resolver = cloud.resolver({ delivery: 'auto' });
    await resolver.resolve(request);
    await resolver.resolve(requestOf([`${CUSTOM}/a`], { ...CROSS_ACCOUNT, userRoleArn: 'acs:ram::3333:role/other' }));
    assert.equal(cloud.count('AssumeRole'), 1);
  });

  it('sends exactly one of the two for each host', async () => {
    const cloud = FakeCloud.crossAccount();
    const stranger = 'acs:ram::1111:role/eci-only';
    cloud.trust.set(stranger, ['eci.aliyuncs.com']);
    const resolved = await cloud.resolver({ delivery: 'auto' }).resolve(
      requestOf([`${CUSTOM}/a`, 'other.example.com/b'], CROSS_ACCOUNT, {
        instanceId: 'cri-b',
        serviceRoleArn: stranger,
      }),
    );
    assert.deepEqual(
      resolved.imageRegistryCredentials.map(({ server }) => server),
      [CUSTOM],
    );
    assert.deepEqual(resolved.acrRegistryInfos, [{ instanceId: 'cri-b', arnService: stranger }]);
    assert.deepEqual(
      resolved.hosts.map(({ host, kind }) => [host, kind]),
      [
        [CUSTOM, 'resolved'],
        ['other.example.com', 'forwarded'],
      ],
    );
  });

  it('leaves a dedicated Personal domain to ECI only if the role does not trust us', async () => {
    const cloud = FakeCloud.crossAccount();
    const images = ['crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com/a/b'];
    const entry = { serviceRoleArn: SERVICE_ROLE };
    await assert.rejects(cloud.resolver({ delivery: 'auto' }).resolve(requestOf(images, entry)), /imagePullSecrets/);
    cloud.trust.set(SERVICE_ROLE, []);
    const resolved = await cloud.resolver({ delivery: 'auto' }).resolve(requestOf(images, entry));
    assert.deepEqual(resolved.acrRegistryInfos, [{ arnService: SERVICE_ROLE }]);
  });
});
