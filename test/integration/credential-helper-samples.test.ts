import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_NAME, CONFIG_NAMESPACE, SECRET_NAME } from '../../src/credential-helper/names.ts';
import { freePort } from '../support/child-process.ts';
import { enableRrsa, projectedToken } from '../support/cluster-tokens.ts';
import { eventually } from '../support/eventually.ts';
import { configObject, createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { readHelperSample } from '../support/helper-samples.ts';
import { writeManagedToken } from '../support/managed-token-file.ts';
import { skopeoOrSkip } from '../support/skopeo.ts';
import type { Skopeo } from '../support/skopeo.ts';

const MINUTE_MS = 60_000;
const demoA = 'demo-a-registry';

/** What a scenario is started with, and what its one line in the table promises. */
interface Expectation {
  flags: () => string[];
  hosts: string[];
  chain: RegExp;
  /** Minutes that the password lives, at least and at most. */
  minutes: [number, number];
  /** How the metadata service of the machine behaves. Default: optional. */
  metadata?: 'required' | 'tokenless';
}

describe('the samples of the credential helper, applied as they stand', function () {
  this.timeout(90_000);
  let platform: HelperPlatform;
  let skopeo: Skopeo;
  let closeKeys: () => Promise<void>;
  let helper: HelperProcess | undefined;
  let dir: string;
  let webhookPort: number;

  before(async function () {
    platform = await createHelperPlatform(this);
    skopeo = await skopeoOrSkip(this, () => platform.simulator);
    closeKeys = await enableRrsa(platform.plane, platform.simulator);
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-helper-'));
    webhookPort = await freePort();
    await writeManagedToken(join(dir, 'managed'), platform.simulator);
    await writeFile(join(dir, 'rrsa'), await projectedToken(platform.plane));
  });

  afterEach(async () => {
    await helper?.kill('SIGTERM');
    helper = undefined;
    if (platform === undefined) return;
    const where = ['--namespace', CONFIG_NAMESPACE, '--ignore-not-found'];
    await platform.kubectl(['delete', 'configmap', CONFIG_NAME, ...where]);
    await platform.forgetEvents(configObject);
  });

  after(async () => {
    await closeKeys?.();
    await skopeo?.close();
    await platform?.dispose();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  const managedRole = (): string[] => ['--token-mode', 'managedRole', '--managed-token-file', join(dir, 'managed')];
  const workerRole = (): string[] => ['--token-mode', 'workerRole'];

  const scenarios: Record<string, Expectation> = {
    'same-account': {
      flags: managedRole,
      hosts: [`${demoA}-vpc.cn-hangzhou.cr.aliyuncs.com`, `${demoA}.cn-hangzhou.cr.aliyuncs.com`],
      chain: /managed role.* → instance cri-a1b2c3d4e5f6g7h8 in cn-hangzhou/,
      minutes: [55, 60],
    },
    'rrsa-cross-account': {
      flags: () => ['--rrsa-token-file', join(dir, 'rrsa')],
      hosts: ['custom-b-registry.cn-hangzhou.cr.aliyuncs.com', 'images.b.example.com'],
      chain:
        /role acr-helper-rrsa of 1111111111111111 → role acr-pull of 2222222222222222 → instance cri-cb5d6f7g8h9j0k1l/,
      minutes: [118, 120],
    },
    'worker-role': {
      flags: workerRole,
      hosts: ['demo-b-registry-vpc.cn-hangzhou.cr.aliyuncs.com', 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com'],
      chain: /worker role.* → role acr-pull of 2222222222222222 → instance cri-b9n8m7l6k5j4h3g2/,
      metadata: 'required',
      minutes: [58, 60],
    },
    'access-key': {
      flags: workerRole,
      hosts: [
        ...['demo-b-registry-vpc.cn-hangzhou.cr.aliyuncs.com', 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com'],
        ...['registry-internal', 'registry-vpc', 'registry'].map((name) => `${name}.cn-hangzhou.aliyuncs.com`),
      ],
      chain: /access key LTAI5tAc.* → instance cri-b9n8m7l6k5j4h3g2/,
      minutes: [58, 60],
    },
    personal: {
      flags: workerRole,
      hosts: ['registry-internal', 'registry-vpc', 'registry'].map((name) => `${name}.cn-hangzhou.aliyuncs.com`),
      chain: /worker role.* → Personal Edition/,
      metadata: 'tokenless',
      minutes: [60, 360],
    },
    webhook: {
      flags: () => [
        ...workerRole(),
        ...['--webhook-address', `127.0.0.1:${webhookPort}`, '--webhook-url', `https://127.0.0.1:${webhookPort}`],
      ],
      hosts: ['custom-a-registry.cn-hangzhou.cr.aliyuncs.com', 'images.a.example.com'],
      chain: /worker role.* → instance cri-j36zhodptmyq1234/,
      minutes: [60, 360],
    },
    'managed-json': {
      flags: () => [...managedRole(), '--managed-config-file', 'samples/credential-helper/managed-json/managed.json'],
      hosts: [
        ...['-vpc', ''].map((suffix) => `beijing-a-registry${suffix}.cn-beijing.cr.aliyuncs.com`),
        'beijing.a.example.com',
        ...['-vpc', ''].map((suffix) => `${demoA}${suffix}.cn-hangzhou.cr.aliyuncs.com`),
      ],
      chain: /managed role.* → instance cri-a1b2c3d4e5f6g7h8/,
      minutes: [50, 60],
    },
  };

  for (const [name, expected] of Object.entries(scenarios)) {
    it(`${name}: the Pod carries the Secret by admission, and skopeo pulls its image with it`, async () => {
      const sample = await readHelperSample(name);
      const file = (base: string): string => join(sample.folder, base);
      await platform.simulator.control('/_sim/metadata', { mode: expected.metadata ?? 'optional' });
      if (sample.data !== undefined) await platform.apply(file('acr-configuration.yaml'));
      helper = await platform.start({ flags: expected.flags() });
      await platform.apply(file('namespace.yaml'));
      const { text, auths, expiresAt } = await platform.secret(sample.namespace);

      assert.deepEqual(Object.keys(auths).toSorted(), expected.hosts.toSorted());
      // Some scenarios run after others, on one metadata service: how much of its session is left depends on that.
      const { now } = (await (await fetch(`${platform.simulator.url}/_sim/clock`)).json()) as { now: string };
      const minutes = (Date.parse(expiresAt ?? '') - Date.parse(now)) / MINUTE_MS;
      const [least, most] = expected.minutes;
      assert.ok(minutes > least - 1 && minutes <= most, `${minutes} minutes`);
      const { entries } = await helper.status();
      assert.deepEqual([...new Set(entries.map(({ state }) => state))], ['serving']);
      assert.match(entries[0]?.chain ?? '', expected.chain);

      if (name !== 'webhook') await platform.attached(sample.namespace, 'app');
      else await webhookIsKnown();
      await platform.apply(file('pod.yaml'));
      const path = 'jsonpath={.spec.imagePullSecrets[*].name}';
      const pod = ['get', 'pod', 'app', '--namespace', sample.namespace, '-o', path];
      assert.equal(await platform.kubectl(pod), SECRET_NAME);
      await skopeo.pull(sample.image, text);
      await assert.rejects(skopeo.pull(sample.image, '{"auths":{}}'), /unauthorized|authentication required|denied/i);
    });
  }

  /** The API server learns of a new configuration by watching; until then it asks nobody. */
  const webhookIsKnown = async (): Promise<void> => {
    await eventually('the webhook answers for a ServiceAccount that is not kept', async () => {
      const account = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'app', namespace: 'acr-webhook' },
      };
      const path = 'jsonpath={.imagePullSecrets[*].name}';
      const dryRun = ['create', '--dry-run=server', '-f', '-', '-o', path];
      return (await platform.kubectl(dryRun, JSON.stringify(account))) === SECRET_NAME;
    });
  };

  it('worker-role under the managed role is refused without a call, and the event names both ways out', async () => {
    await platform.simulator.control('/_sim/metadata', { mode: 'optional' });
    const before = (await platform.simulator.journal()).length;
    await platform.apply('samples/credential-helper/worker-role/acr-configuration.yaml');
    helper = await platform.start({ flags: managedRole(), until: 'alive' });
    const event = await platform.event(configObject, /^EntryUnsupported: /);
    assert.match(event, /workerRole/);
    assert.match(event, /RRSA/i);
    const calls = (await platform.simulator.journal()).slice(before);
    assert.deepEqual(
      calls.filter(({ product }) => product === 'sts' || product === 'cr'),
      [],
    );
  });
});
