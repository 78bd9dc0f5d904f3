import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADDON_SECRET } from '../../src/credential-helper/names.ts';
import { eventually } from '../support/eventually.ts';
import { configObject, createHelperPlatform, type HelperPlatform } from '../support/helper-platform.ts';
import { startHelper, type HelperProcess } from '../support/helper-process.ts';
import { writeManagedToken } from '../support/managed-token-file.ts';

const NAMESPACE = 'acr-base-identity';
const inNamespace = ['--namespace', ADDON_SECRET.namespace];

/** What Container Service writes where it may not assume the role. */
const refused = JSON.stringify({
  keyring: '0123456789abcdef',
  error: { roleName: 'AliyunCSManagedAcrRole', code: 'EntityNotExist.Role', message: 'The role does not exist.' },
});

describe('the base identity of the credential helper in a real cluster', function () {
  this.timeout(90_000);
  let platform: HelperPlatform;
  let helper: HelperProcess | undefined;
  let dir: string;
  let managedTokenFile: string;

  before(async function () {
    platform = await createHelperPlatform(this);
    await platform.createNamespace(NAMESPACE);
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-base-'));
    managedTokenFile = join(dir, 'token-config');
  });

  afterEach(async () => {
    await helper?.kill('SIGTERM');
    helper = undefined;
    if (platform === undefined) return;
    await platform.kubectl(['delete', 'secret', ADDON_SECRET.name, ...inNamespace, '--ignore-not-found']);
    await platform.forgetEvents(configObject);
  });

  after(async () => {
    await platform?.dispose();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  const configure = async (info: string): Promise<void> =>
    await platform.configure({ 'watch-namespace': NAMESPACE, 'acr-registry-info': info });

  const start = async (tokenMode: string): Promise<HelperProcess> => {
    const flags = ['--token-mode', tokenMode, '--managed-token-file', managedTokenFile];
    helper = await platform.start({ flags, until: 'alive' });
    return helper;
  };

  const identityOf = async (running: HelperProcess): Promise<string> =>
    await eventually('the base identity is decided', async () => (await running.status()).identity);

  const chainsWhenServed = async (running: HelperProcess): Promise<string[]> =>
    await eventually('every entry is served', async () => {
      const { entries } = await running.status();
      const isServed = entries.length > 0 && entries.every(({ state }) => state === 'serving');
      return isServed ? entries.map(({ chain }) => chain) : undefined;
    });

  /** As the manual of registered clusters has it made. */
  const createAddonSecret = async (id: string, secret: string): Promise<void> => {
    const literals = [`--from-literal=access-key-id=${id}`, `--from-literal=access-key-secret=${secret}`];
    await platform.kubectl(['create', 'secret', 'generic', ADDON_SECRET.name, ...inNamespace, ...literals]);
  };

  it('is the managed role by itself in a cluster of today; a refusal of Container Service is told, and its end needs no restart', async () => {
    await configure('- instanceId: cri-a1b2c3d4e5f6g7h8');
    await writeFile(managedTokenFile, refused);
    const running = await start('auto');
    const identity = await identityOf(running);
    assert.match(identity, /^managed role, because tokenMode is auto and the cluster was made on or after 2023-04-03$/);
    const event = await platform.event(configObject, /^CredentialFetchFailed: /);
    assert.match(event, /ManagedRoleRefused/);
    assert.match(event, /AliyunCSManagedAcrRole \(EntityNotExist\.Role, The role does not exist\.\)/);

    await writeManagedToken(managedTokenFile, platform.simulator);
    assert.deepEqual(await chainsWhenServed(running), ['managed role → instance cri-a1b2c3d4e5f6g7h8 in cn-hangzhou']);
  });

  it('is the access key of a registered cluster where there is one, whatever the mode', async () => {
    await configure('- instanceId: cri-b9n8m7l6k5j4h3g2');
    await createAddonSecret('LTAI5tAcrPullB', 'CANARY-acr-pull-b');
    const running = await start('managedRole');
    assert.equal(
      await identityOf(running),
      'access key in kube-system/alibaba-addon-secret, because that Secret is there',
    );
    assert.deepEqual(await chainsWhenServed(running), [
      'access key in kube-system/alibaba-addon-secret → instance cri-b9n8m7l6k5j4h3g2 in cn-hangzhou',
    ]);
  });

  it('is the role of the node, which also tells the region, where the metadata service knows no tokens', async () => {
    await configure('- instanceId: cri-a1b2c3d4e5f6g7h8');
    await platform.simulator.control('/_sim/metadata', { mode: 'tokenless' });
    const { kubeconfigPath, simulator } = platform;
    const at = simulator.flags.indexOf('--region-id');
    assert.ok(at >= 0);
    const regionless = { flags: simulator.flags.toSpliced(at, 2) };
    const flags = ['--token-mode', 'workerRole'];
    helper = await startHelper({ kubeconfigPath, simulator: regionless, flags });
    assert.deepEqual(await chainsWhenServed(helper), ['worker role → instance cri-a1b2c3d4e5f6g7h8 in cn-hangzhou']);
    assert.match(helper.output(), /"from":"metadata service".*"region decided".*"regionId":"cn-hangzhou"/);
  });

  it('is that key only as far as the program may read it, which is said once', async () => {
    await configure('- instanceId: cri-a1b2c3d4e5f6g7h8');
    await createAddonSecret('LTAI5tAcrPullB', 'CANARY-acr-pull-b');
    await writeManagedToken(managedTokenFile, platform.simulator);
    const role = ['role', 'eci-kubelet-credential-helper', ...inNamespace];
    const { rules } = JSON.parse(await platform.kubectl(['get', ...role, '-o', 'json'])) as {
      rules: { resourceNames?: string[] }[];
    };
    const fewer = rules.filter(({ resourceNames }) => resourceNames?.includes(ADDON_SECRET.name) !== true);
    assert.equal(fewer.length, rules.length - 1);
    await platform.kubectl(['patch', ...role, '--type=merge', '--patch', JSON.stringify({ rules: fewer })]);
    try {
      const running = await start('auto');
      assert.match(await identityOf(running), /^managed role, because/);
      await chainsWhenServed(running);
      const said = running
        .output()
        .split('\n')
        .filter((line) => line.includes('no right to read the add-on Secret'));
      assert.equal(said.length, 1, running.output());
    } finally {
      await platform.kubectl(['patch', ...role, '--type=merge', '--patch', JSON.stringify({ rules })]);
    }
  });
});
