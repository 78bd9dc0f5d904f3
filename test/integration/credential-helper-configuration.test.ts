import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_NAME, CONFIG_NAMESPACE, SECRET_NAME } from '../../src/credential-helper/names.ts';
import { eventually } from '../support/eventually.ts';
import { configObject, createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';

const host = 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com';
const entries = '- instanceId: cri-a1b2c3d4e5f6g7h8\n  regionId: cn-hangzhou\n';
/** With a comment of another language after a key, as on a page of the vendor. */
const broken = `${entries}  customAccessKey: "LTAI5tCANARYid" // of account B\n  customAccessKeySecret: "CANARYofTheConfiguration" // its secret\n`;
const one = 'acr-config-one';
const two = 'acr-config-two';

describe('the credential helper and what becomes of its configuration', function () {
  this.timeout(90_000);
  let platform: HelperPlatform;
  let helper: HelperProcess;
  let dir: string;

  before(async function () {
    platform = await createHelperPlatform(this);
    await platform.createNamespace(one);
    await platform.createNamespace(two);
    dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-acr-config-'));
  });

  after(async () => {
    await platform?.dispose();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  const start = async (until: 'alive' | 'ready', ...flags: string[]): Promise<HelperProcess> =>
    await platform.start({ until, flags: ['--token-mode', 'workerRole', ...flags] });
  const hasSecret = async (namespace: string): Promise<boolean> => {
    const name = ['secret', SECRET_NAME, '--namespace', namespace];
    return (await platform.kubectl(['get', ...name, '--ignore-not-found', '-o', 'name'])) !== '';
  };
  const removeConfigMap = async (): Promise<void> => {
    await platform.kubectl(['delete', 'configmap', CONFIG_NAME, '--namespace', CONFIG_NAMESPACE]);
  };
  const untilConfiguration = async (pattern: RegExp): Promise<void> => {
    await eventually(`the status says ${String(pattern)}`, async () => {
      const { configuration } = await helper.status();
      return pattern.test(JSON.stringify(configuration));
    });
  };

  it('waits for a ConfigMap, alive and not ready', async () => {
    helper = await start('alive');
    await untilConfiguration(/"incomplete".*waiting for ConfigMap kube-system\/acr-configuration/);
    assert.equal(await helper.isReady(), false);
  });

  it('serves nothing from a key that is broken, and says where without a word of it', async () => {
    await platform.configure({ 'watch-namespace': one, 'acr-registry-info': broken });
    const told = await platform.event(configObject, /^ConfigInvalid: acr-registry-info: /);
    assert.equal(
      told,
      'ConfigInvalid: acr-registry-info: line 3, column 37: // does not start a comment in YAML; use #; nothing is written until it is corrected',
    );
    assert.equal(await helper.isReady(), false);
    assert.equal(await hasSecret(one), false);
    assert.equal(await helper.counter('eci_kubelet_helper_configuration_findings', { reason: 'ConfigInvalid' }), 1);
  });

  it('serves it as soon as it is corrected', async () => {
    await platform.configure({ 'watch-namespace': one, 'acr-registry-info': entries });
    await platform.secret(one, ({ auths }) => auths[host] !== undefined);
    await eventually('it is ready', () => helper.isReady());
    assert.deepEqual((await helper.status()).configuration.findings, []);
  });

  it('keeps what held before when keys are broken while it runs', async () => {
    const before = await platform.secret(one);
    await platform.configure({ 'watch-namespace': '*', 'acr-registry-info': broken, rrsa: 'enable: true' });
    await platform.event(configObject, /^ConfigInvalid: watch-namespace: .* in force$/);
    await platform.event(configObject, /^ConfigInvalid: acr-registry-info: .* in force as they were before$/);
    assert.deepEqual(await platform.secret(one), before);
    assert.equal(await helper.isReady(), true);
  });

  it('keeps Secrets and stays ready when the ConfigMap is deleted', async () => {
    const before = await platform.secret(one);
    await removeConfigMap();
    await platform.event(configObject, /^ConfigInvalid: acr-configuration: .* is missing; what was read before/);
    assert.deepEqual(await platform.secret(one), before);
    assert.equal(await helper.isReady(), true);
  });

  it('takes up another one, and moves to the namespaces that it names', async () => {
    await platform.configure({ 'watch-namespace': two, 'acr-registry-info': entries });
    await platform.secret(two, ({ auths }) => auths[host] !== undefined);
    await eventually('the first namespace is left', async () => !(await hasSecret(one)));
  });

  it('touches nothing when it starts with a broken key, and goes on when it is corrected', async () => {
    await helper.kill('SIGKILL');
    const before = await platform.secret(two);
    await platform.configure({ 'watch-namespace': two, 'acr-registry-info': broken });
    helper = await start('alive');
    await untilConfiguration(/"incomplete".*line 3, column 37/);
    assert.equal(await helper.isReady(), false);
    assert.deepEqual(await platform.secret(two), before);
    await platform.configure({ 'watch-namespace': two, 'acr-registry-info': entries });
    await eventually('it is ready', () => helper.isReady());
    assert.equal((await platform.secret(two)).uid, before.uid);
    await helper.kill('SIGTERM');
  });

  it('reads a file in its place, which may be replaced and be broken', async () => {
    await removeConfigMap();
    const path = join(dir, 'managed.json');
    const write = async (text: string): Promise<void> => {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    };
    const managed = (namespace: string): string =>
      JSON.stringify({
        AcrInstanceInfo: [{ instanceId: 'cri-a1b2c3d4e5f6g7h8', regionId: 'cn-hangzhou' }],
        enableRRSA: false,
        expiringThreshold: '15m',
        serviceAccount: 'default',
        watchNamespace: namespace,
      });
    await write(managed(one));
    helper = await start('ready', '--managed-config-file', path);
    await platform.secret(one, ({ auths }) => auths[host] !== undefined);
    await write(managed(one).slice(0, -20));
    const account = { kind: 'ServiceAccount', name: 'aliyun-acr-credential-helper', namespace: 'kube-system' };
    await platform.event(account, /^ConfigInvalid: managed-config-file: .* cannot be read .* in force$/);
    assert.equal(await hasSecret(one), true);
    await write(managed(two));
    await platform.secret(two, ({ auths }) => auths[host] !== undefined);
    await eventually('the first namespace is left', async () => !(await hasSecret(one)));
  });
});
