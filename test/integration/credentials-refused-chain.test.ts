import assert from 'node:assert/strict';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import type { CreateRequest } from '../support/create-requests.ts';
import { accountOf, accounts, putRole, trusting, writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isHeld, isRunning, podsWhen } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';

const A = `acs:ram::${accounts.a}`;
const B = `acs:ram::${accounts.b}`;
const component = `${A}:user/eci-kubelet`;
const samples = ['samples/04-cross-account-custom-domain.yaml', 'samples/05-cross-account-default-domain.yaml'];

const demoA = 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1';
const beijingA = 'beijing-a-registry.cn-beijing.cr.aliyuncs.com/team/app:v1';
const stoppedA = 'stopped-a-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1';
const personal = 'registry.cn-hangzhou.aliyuncs.com/team-a/app:v1';
const request = String.raw`\(request id [0-9A-F-]{36}\)`;

interface Case {
  image: string;
  annotations: Record<string, string>;
  /** What the event says. */
  says: RegExp;
}

/** Chains that fail, by the name of their Pod. */
const refused: Readonly<Record<string, Case>> = {
  'role-that-does-not-exist': {
    image: demoA,
    annotations: { 'acr-service-arns': `${A}:role/no-such-role` },
    says: new RegExp(
      `^No credentials for demo-a-registry\\.cn-hangzhou\\.cr\\.aliyuncs\\.com: Hop 1 \\(service role no-such-role of ${accounts.a}\\) failed: AssumeRole was answered EntityNotExist\\.Role ${request}\\. Create role no-such-role of ${accounts.a}, or correct account id and role name in acr-service-arns\\.$`,
    ),
  },
  'role-that-trusts-only-eci': {
    image: demoA,
    annotations: { 'acr-service-arns': `${A}:role/acr-test-eci-only` },
    says: new RegExp(
      `Hop 1 .* NoPermission ${request}\\. Add access key LTAI5tEc… to the trust policy of role acr-test-eci-only of ${accounts.a}, or run with --credential-delivery=forward so that ECI runs the chain\\.$`,
    ),
  },
  'role-that-may-do-nothing': {
    image: demoA,
    annotations: { 'acr-service-arns': `${A}:role/role-powerless` },
    says: /Hop 2 \(registry password, instance cri-a1b2c3d4e5f6g7h8 in cn-hangzhou\) failed: GetAuthorizationToken was answered NoPermission .* Grant cr:GetAuthorizationToken to role role-powerless of 1111111111111111/,
  },
  'custom-domain-without-its-region': {
    image: 'beijing.a.example.com/team/app:v1',
    annotations: { 'acr-instance-ids': 'cri-bj7k2m9p4q6r8s1t' },
    says: /INSTANCE_NOT_EXIST .* Check the region first: the instance was looked for in cn-hangzhou, and an instance elsewhere needs its region before the id \(cn-beijing:cri-…\)/,
  },
  'custom-domain-with-a-wrong-region': {
    image: 'images.a.example.com/team/app:v1',
    annotations: { 'acr-instance-ids': 'cn-beijing:cri-j36zhodptmyq1234' },
    says: /INSTANCE_NOT_EXIST .* Check the region first: the instance was looked for in cn-beijing/,
  },
  'stopped-instance-by-host': {
    image: stoppedA,
    annotations: { 'acr-service-arns': `${A}:role/personal-user` },
    says: /Instance cri-stopped012345678 \(stopped-a\) in cn-hangzhou is STOPPED\. Wait until it runs, or start or renew it in the console\.$/,
  },
  // Told in a successful HTTP answer, with IsSuccess false and a code that is in no table.
  'stopped-instance-by-id': {
    image: stoppedA,
    annotations: { 'acr-instance-ids': 'cri-stopped012345678' },
    says: /GetAuthorizationToken was answered INSTANCE_STATUS_INVALID .* Check in the console that the registry instance is running/,
  },
  'personal-edition-unregistered': {
    image: personal,
    annotations: { 'acr-service-arns': `${A}:role/personal-stranger` },
    says: /Hop 2 \(registry password, registry in cn-hangzhou\) failed: GetAuthorizationToken was answered USER_NOT_EXIST .* Register role personal-stranger of 1111111111111111 with the Personal Edition registry in cn-hangzhou: grant it cr permissions and set a registry password for it once in the console\.$/,
  },
  'personal-edition-of-its-own': {
    image: 'crpi-abcdefgh12345678.cn-hangzhou.personal.cr.aliyuncs.com/team/app:v1',
    annotations: { 'acr-service-arns': `${A}:role/personal-user` },
    says: /^No credentials for crpi-abcdefgh12345678\.cn-hangzhou\.personal\.cr\.aliyuncs\.com: A Personal Edition registry with a domain of its own \(crpi-…\) gives out no temporary passwords\. Run with --credential-delivery=forward, or list a Secret in imagePullSecrets\.$/,
  },
};

/** Chains that work in the end, by the name of their Pod. */
const working: Readonly<Record<string, Omit<Case, 'says'>>> = {
  'personal-edition': { image: personal, annotations: { 'acr-service-arns': `${A}:role/personal-user` } },
  'throttled-for-a-while': {
    image: 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1',
    annotations: {
      'acr-service-arns': `${A}:role/role-assume`,
      'acr-user-arns': `${B}:role/role-acr-trusting`,
    },
  },
  'answered-with-a-page-for-a-while': {
    image: beijingA,
    annotations: { 'acr-instance-ids': 'cn-beijing:cri-bj7k2m9p4q6r8s1t' },
  },
};

describe('a role chain that is refused, with --credential-delivery resolve', function () {
  this.timeout(60_000);
  let platform: Platform;
  let pods: Map<string, PodReport>;
  let creates: Map<string, CreateRequest>;
  const pod = (name: string): PodReport => {
    const report = pods.get(name);
    assert.ok(report, `there is no Pod ${name}`);
    return report;
  };

  before(async function () {
    platform = await createPlatform(this, { fixture: await fixtureOfRefusals() });
    const { simulator, sandbox } = platform;
    await platform.start({ flags: ['--credential-delivery', 'resolve'] });
    // More than the attempts of one call, so that the Pods themselves have to be tried again.
    await simulator.addFault({
      ...{ action: 'AssumeRole', kind: 'throttle', count: 4 },
      match: { RoleArn: `${B}:role/role-acr-trusting` },
    });
    await simulator.addFault({
      ...{ action: 'GetAuthorizationToken', kind: 'html', count: 4 },
      match: { InstanceId: 'cri-bj7k2m9p4q6r8s1t' },
    });
    const { nodeName } = sandbox;
    await applyAll(
      platform,
      Object.entries({ ...refused, ...working }).map(([name, { image, annotations }]) =>
        podManifest({ name, nodeName, images: [image], annotations }),
      ),
    );
    await platform.kubectl(['apply', ...samples.flatMap((file) => ['-f', file])]);
    await platform.kubectl(['wait', '--for=condition=Progressing', 'deployments', '--all']);
    const ofSamples = (await platform.kubectl(['get', 'pods', '-l', 'alibabacloud.com/eci=true', '-o', 'name']))
      .trim()
      .split('\n')
      .map((name) => name.replace('pod/', ''));
    assert.equal(ofSamples.length, 4);
    await podsWhen(platform, [...Object.keys(refused), ...ofSamples], isHeld);
    pods = await podsWhen(platform, Object.keys(working), isRunning);
    creates = await readCreateRequests(simulator);
  });

  after(async () => await platform?.dispose());

  it('holds the cross-account samples, and tells hop, role, code, request id and remedy', async () => {
    const [refusal] = (await platform.simulator.journal({ action: 'AssumeRole' })).filter(
      ({ parameters }) => parameters['RoleArn'] === `${B}:role/role-acr`,
    );
    for (const { name, reason, conditions, events } of pods.values()) {
      if (!name.startsWith('acr-cross-account')) continue;
      const host = name.includes('custom') ? 'images.b.example.com' : 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com';
      const text = `No credentials for ${host}: Hop 2 (user role role-acr of ${accounts.b}) failed: AssumeRole was answered NoPermission (request id ${refusal?.requestId}). Let the trust policy of role role-acr of ${accounts.b} name role role-assume of ${accounts.a}, or the account of the latter, as RAM principal.`;
      assert.equal(reason, 'ProviderFailed');
      assert.ok(events.includes(`Warning ImageCredentialsFailed: ${text}`), events.join('\n'));
      assert.equal(conditions['ImageCredentials'], `False ImageCredentialsFailed: ${text}`);
    }
  });

  it('asks a role that refuses once for all Pods', async () => {
    const calls = await platform.simulator.journal({ action: 'AssumeRole' });
    const refusals = calls.filter(({ parameters }) => parameters['RoleArn'] === `${B}:role/role-acr`);
    assert.deepEqual(
      refusals.map(({ result }) => result),
      ['NoPermission'],
    );
  });

  it('creates nothing at ECI but the groups whose chain works', () => {
    assert.deepEqual(new Set(creates.keys()), new Set(Object.keys(working)));
  });

  for (const [name, { says }] of Object.entries(refused)) {
    it(`holds the Pod with the ${name.replaceAll('-', ' ')}, and says what to do`, () => {
      const events = pod(name).events.map((event) => event.replace('Warning ImageCredentialsFailed: ', ''));
      assert.ok(
        events.some((event) => says.test(event)),
        events.join('\n'),
      );
      assert.equal(pod(name).waiting.length, 0, 'kubectl would print it instead of ProviderFailed');
    });
  }

  it('gives Personal Edition a password of the service role', () => {
    assert.deepEqual(creates.get('personal-edition')?.servers, ['registry.cn-hangzhou.aliyuncs.com']);
    assert.match(
      pod('personal-edition').conditions['ImageCredentials'] ?? '',
      /^True ImageCredentialsResolved: registry\.cn-hangzhou\.aliyuncs\.com: access key LTAI5tEc… → role personal-user of 1111111111111111 → Personal Edition in cn-hangzhou, until 20/,
    );
  });

  it('goes on by itself when throttling or a gateway’s error page is over, and leaves no trace of it', async () => {
    for (const name of ['throttled-for-a-while', 'answered-with-a-page-for-a-while']) {
      const { conditions, events } = pod(name);
      assert.match(conditions['ImageCredentials'] ?? '', /^True ImageCredentialsResolved/);
      assert.doesNotMatch(conditions['ContainerInstanceCreated'] ?? '', /Local|Throttling/, name);
      assert.ok(
        events.some((event) => event.startsWith('Warning ImageCredentialsFailed: No credentials for ')),
        events.join('\n'),
      );
    }
  });

  it('creates a held Pod at once when its annotation is corrected', async () => {
    const name = 'role-that-does-not-exist';
    const arn = `${A}:role/acr-test`;
    await platform.kubectl(['annotate', '--overwrite', `pod/${name}`, `k8s.aliyun.com/acr-service-arns=${arn}`]);
    const after = await podsWhen(platform, [name], isRunning);
    assert.match(after.get(name)?.conditions['ImageCredentials'] ?? '', /role acr-test of/);
    assert.equal(after.get(name)?.reason, '');
  });
});

async function fixtureOfRefusals(): Promise<string> {
  return await writeFixture((fixture) => {
    const policies = ['AliyunContainerRegistryFullAccess'];
    putRole(fixture, accounts.b, { name: 'role-acr', trust: trusting({ ram: [`${B}:root`] }), policies });
    const trust = trusting({ ram: [`${A}:role/role-assume`] });
    putRole(fixture, accounts.b, { name: 'role-acr-trusting', trust, policies });
    for (const name of ['personal-user', 'personal-stranger']) {
      putRole(fixture, accounts.a, { name, trust: trusting({ ram: [component] }), policies });
    }
    const [registry] = accountOf(fixture, accounts.a).personalRegistries ?? [];
    assert.ok(registry);
    registry.unregistered = [`${A}:role/personal-stranger`];
  });
}
