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
