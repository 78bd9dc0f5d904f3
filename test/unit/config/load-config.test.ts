import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load-config.ts';

describe('loadConfig', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('reads a YAML file named by flag or environment, and the mounted profile beneath it', async () => {
    const file = join(folder, 'config.yaml');
    await writeFile(file, 'regionId: cn-beijing\nvswitchIds: [vsw-file]\nsweepInterval: 1m\n');
    await writeFile(join(folder, 'vSwitchIds'), 'vsw-profile\n');
    await writeFile(join(folder, 'securityGroupId'), 'sg-profile\n');
    const { config } = await loadConfig({
      flags: { profileDirectory: folder },
      environment: { ECI_KUBELET_CONFIG: file },
    });
    assert.equal(config.regionId, 'cn-beijing');
    assert.deepEqual(config.vSwitchIds, ['vsw-file']);
    assert.equal(config.securityGroupId, 'sg-profile');
    assert.equal(config.sweepIntervalMs, 60_000);
  });

  it('takes what is missing from the ConfigMap that is read later, and checks it then', async () => {
    const loaded = await loadConfig({ flags: { regionId: 'cn-hangzhou' }, environment: {} });
    assert.deepEqual(loaded.assumed.toSorted(), ['securityGroupId', 'vswitchIds']);
    const origin = 'ConfigMap kube-system/eci-profile';
    const config = loaded.withProfile({ vSwitchIds: 'vsw-1', securityGroupId: 'sg-1', selectors: '[]' }, origin);
    assert.deepEqual([config.vSwitchIds, config.securityGroupId], [['vsw-1'], 'sg-1']);
    assert.throws(() => loaded.withProfile({ vSwitchIds: 'vsw-1' }, origin), /problem/);
    assert.throws(
      () => loaded.withProfile({ vSwitchIds: 'one', securityGroupId: 'sg-1' }, origin),
      (error) =>
        error instanceof ConfigError &&
        /vSwitchIds in ConfigMap kube-system\/eci-profile: "one"/.test(error.problems.join()),
    );
  });

  it('says at once what no ConfigMap can mend, and everything when none is read', async () => {
    const problems = async (flags: Record<string, string>): Promise<string> =>
      await loadConfig({ flags, environment: {} }).then(
        () => '',
        (error: unknown) => (error instanceof ConfigError ? error.problems.join('\n') : String(error)),
      );
    assert.match(await problems({}), /region-id[\s\S]*vswitch-ids/);
    assert.match(
      await problems({ regionId: 'cn-hangzhou', profileConfigMap: 'none' }),
      /vswitch-ids[\s\S]*security-group-id/,
    );
    assert.match(await problems({ regionId: 'cn-hangzhou', podWorkers: '0' }), /pod-workers/);
  });

  it('keeps what our own configuration says above the profile', async () => {
    const flags = { regionId: 'cn-hangzhou', vswitchIds: 'vsw-own', securityGroupId: 'sg-own' };
    const loaded = await loadConfig({ flags, environment: {} });
    assert.deepEqual(loaded.assumed, []);
    assert.deepEqual(loaded.withProfile({ vSwitchIds: 'vsw-profile' }, 'x').vSwitchIds, ['vsw-own']);
  });

  it('says which file cannot be read, without quoting it', async () => {
    const file = join(folder, 'config.yaml');
    await writeFile(file, 'accessKeySecret: "hunter2\n');
    await assert.rejects(loadConfig({ flags: { config: file }, environment: {} }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.problems[0] ?? '', /config\.yaml: the file cannot be read/);
      assert.doesNotMatch(error.problems[0] ?? '', /hunter2/);
      return true;
    });
  });

  it('says that a file is missing', async () => {
    const flags = { config: join(folder, 'absent.yaml') };
    await assert.rejects(loadConfig({ flags, environment: {} }), ConfigError);
  });
});
