import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyAll } from '../support/apply-all.ts';
import { eventually } from '../support/eventually.ts';
import { accounts, writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isHeld, isRunning, podsWhen, readPods } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';
import { productIdentity } from '../support/product-process.ts';
import type { ProductProcess } from '../support/product-process.ts';

const A = `acs:ram::${accounts.a}`;
const B = `acs:ram::${accounts.b}`;
const provider = `${A}:oidc-provider/ack-rrsa-c0123456789abcdef`;
const hour = 3_600_000;
const goodKey = {
  access_key_id: productIdentity.ALIBABA_CLOUD_ACCESS_KEY_ID,
  access_key_secret: productIdentity.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
};

describe('the identity of the component', function () {
  this.timeout(60_000);
  let platform: Platform;
  let product: ProductProcess | undefined;
  let dir: string;

  before(async function () {
    const fixture = await writeFixture((world) => {
      world.metadata = { ...world.metadata, mode: 'required' };
    });
    platform = await createPlatform(this, { fixture });
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-identity-'));
  });

  afterEach(async () => {
    await product?.kill('SIGTERM');
    product = undefined;
  });

  after(async () => {
    await platform?.dispose();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  const start = async (identity: string, options: { flags?: string[]; env?: Record<string, string> } = {}) => {
    const { flags = [], env = {} } = options;
    product = await platform.start({
      flags: ['--identity', identity, '--no-image-cache-controller', '--credential-delivery', 'resolve', ...flags],
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '', ...env },
    });
  };

  /** A Pod whose chain has two roles in two accounts, in front of a custom domain unless an image is given. */
  const crossAccount = (name: string, { image }: { image?: string } = {}): object =>
    podManifest({
      name,
      nodeName: platform.sandbox.nodeName,
      images: [image ?? 'images.b.example.com/team/app:v1'],
      annotations: {
        ...(image === undefined ? { 'acr-instance-ids': 'cri-cb5d6f7g8h9j0k1l' } : {}),
        'acr-service-arns': `${A}:role/role-assume`,
        'acr-user-arns': `${B}:role/role-acr`,
      },
    });

  const running = async (name: string): Promise<PodReport> =>
    (await podsWhen(platform, [name], isRunning)).get(name) ?? assert.fail();

  const chain = (report: PodReport): string => report.conditions['ImageCredentials'] ?? '';

  const cloudCondition = async (expected: RegExp): Promise<string> =>
    await platform.waitFor(
      'the node tells whether it reaches the cloud',
      `node/${platform.sandbox.nodeName}`,
      '{.status.conditions[?(@.type=="ECIReachable")]}',
      expected,
    );

  it('can be an RRSA role, whose sessions are renewed when the cloud calls them expired', async () => {
    const tokenFile = join(dir, 'token');
    const subject = 'system:serviceaccount:kube-system:eci-kubelet';
    const { token } = await platform.simulator.control('/_sim/oidc-token', { provider, subject });
    await writeFile(tokenFile, `${String(token)}\n`);
    const env = {
      ALIBABA_CLOUD_ROLE_ARN: `${A}:role/eci-kubelet-rrsa`,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: provider,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
    };
    // `auto` finds it by its three variables.
    await start('auto', { env });
    await applyAll(platform, [crossAccount('rrsa')]);
    assert.match(
      chain(await running('rrsa')),
      /images\.b\.example\.com: service account role acs:ram::1111111111111111:role\/eci-kubelet-rrsa → role role-assume of 1111111111111111 → role role-acr of 2222222222222222 → instance cri-cb5d6f7g8h9j0k1l/,
    );

    await platform.simulator.advance(2 * hour);
    // The same roles in front of another instance: its password was not asked for before.
    const image = 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1';
    await applyAll(platform, [crossAccount('rrsa-later', { image })]);
    await running('rrsa-later');
    const results = (await platform.simulator.journal()).map(({ action, result }) => `${action} ${result}`);
    assert.ok(results.filter((text) => text === 'AssumeRoleWithOIDC OK').length >= 2, results.join('\n'));
  });

  it('can be the role of the ECS instance, also where the metadata service insists on tokens', async () => {
    await start('ecs-role');
    await applyAll(platform, [crossAccount('ecs-role')]);
    assert.match(chain(await running('ecs-role')), /images\.b\.example\.com: ECS role.* → role role-assume of/);
  });

  it('is missing while the metadata service cannot be reached: the node says so, and goes on when it can', async () => {
    await platform.simulator.control('/_sim/metadata', { mode: 'disabled' });
    await start('ecs-role');
    await applyAll(platform, [crossAccount('no-metadata')]);
    const condition = await cloudCondition(/"status":"False"/);
    assert.match(condition, /GetMetadataToken failed: no connection/);
    assert.equal((await readPods(platform)).get('no-metadata')?.phase, 'Pending');
    await platform.simulator.control('/_sim/metadata', { mode: 'required' });
    await running('no-metadata');
    await cloudCondition(/"status":"True"/);
  });

  it('can be a file, which is read again when somebody replaces what has expired in it', async () => {
    const path = join(dir, 'credentials.json');
    await writeFile(path, JSON.stringify({ ...goodKey, expiration: '2020-01-01T00:00:00Z' }));
    await start('file', { flags: ['--credentials-file', path] });
    await applyAll(platform, [crossAccount('file')]);
    const condition = await cloudCondition(/"status":"False"/);
    assert.match(condition, /have expired and nobody has replaced them/);
    await writeFile(
      path,
      ['[default]', ...Object.entries(goodKey).map(([name, value]) => `${name} = ${value}`)].join('\n'),
    );
    assert.match(chain(await running('file')), /key file .*credentials\.json → role role-assume of/);
  });

  it('cannot be the root key of an account where a role is to be assumed', async () => {
    await start('access-key', {
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tRootA', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'CANARY-root-a' },
    });
    await applyAll(platform, [crossAccount('root')]);
    const pods = await podsWhen(platform, ['root'], isHeld);
    assert.match(
      pods.get('root')?.events.join('\n') ?? '',
      /Hop 1 \(service role role-assume of 1111111111111111\) failed: AssumeRole was answered NoPermission \(request id [0-9A-F-]{36}\)\. Check that .* is not the account's root key, which cannot assume roles/,
    );
  });

  it('is told apart from nothing when its key was disabled', async () => {
    await start('access-key', {
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tDisabled', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'CANARY-disabled' },
    });
    const condition = await cloudCondition(/"status":"False"/);
    assert.match(condition, /InvalidAccessKeyId\.Inactive/);
    await applyAll(platform, [crossAccount('disabled')]);
    await eventually('another listing is refused', async () => {
      const calls = await platform.simulator.journal();
      return calls.filter(({ result }) => result === 'InvalidAccessKeyId.Inactive').length > 1;
    });
    assert.equal((await readPods(platform)).get('disabled')?.phase, 'Pending');
  });
});
