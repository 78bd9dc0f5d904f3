import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Principal } from '../../../../simulator/types.ts';
import * as w from '../eci/eci-world.ts';

const run = promisify(execFile);
const SKOPEO = '/usr/bin/skopeo';
const REGISTRY = '/usr/bin/docker-registry';
const owner: Principal = { kind: 'root', accountId: w.ACCOUNT_A, arn: `acs:ram::${w.ACCOUNT_A}:root`, accessKeyId: '' };

describe('skopeo at the registry front', () => {
  let world: w.EciWorld;
  let directory: string;

  before(async function () {
    if (!existsSync(SKOPEO) || !existsSync(REGISTRY)) {
      this.skip();
    }
    directory = await mkdtemp(join(tmpdir(), 'skopeo-'));
    world = await w.startEciWorld(w.eciFixture(), REGISTRY);
  });

  after(async () => {
    await world?.stop();
    if (directory !== undefined) {
      await rm(directory, { recursive: true, force: true });
    }
  });

  const own = (host: string, repository: string): string =>
    `docker://${new URL(world.registry.url).host}/${host}/${repository}:v1`;

  const copy = async (from: string, to: string, options: string[]) =>
    run(SKOPEO, ['--insecure-policy', 'copy', ...options, from, to]);

  it('pulls with a password that Container Registry issued', async () => {
    const { userName, password } = world.simulator.acr.issue(owner, { instanceId: w.INSTANCE_A, regionId: w.REGION });
    const login = ['--src-tls-verify=false', '--src-creds', `${userName}:${password}`];
    await copy(own(w.HOST_A, 'team/app'), `oci:${directory}/a:v1`, login);
  });

  it('is refused a wrong password, and the repository of another account', async () => {
    const wrong = ['--src-tls-verify=false', '--src-creds', 'cr_temp_user:a:b'];
    await assert.rejects(copy(own(w.HOST_A, 'team/app'), `oci:${directory}/b:v1`, wrong), /unauthorized/i);
    const { userName, password } = world.simulator.acr.issue(owner, { instanceId: w.INSTANCE_A, regionId: w.REGION });
    const foreign = ['--src-tls-verify=false', '--src-creds', `${userName}:${password}`];
    await assert.rejects(copy(own(w.HOST_B, 'team/app'), `oci:${directory}/c:v1`, foreign), /unauthorized|denied/i);
  });

  it('pushes where it may, and what it pushed can be pulled', async () => {
    const { userName, password } = world.simulator.acr.issue(owner, { instanceId: w.INSTANCE_A, regionId: w.REGION });
    const anonymous = ['--src-tls-verify=false'];
    await copy(own('docker.io', 'library/nginx'), `oci:${directory}/n:v1`, anonymous);
    const login = ['--dest-tls-verify=false', '--dest-creds', `${userName}:${password}`];
    await copy(`oci:${directory}/n:v1`, own(w.HOST_A, 'team/pushed'), login);
    const { ContainerGroupId: id } = await world.call(
      'CreateContainerGroup',
      w.groupParams(`${w.HOST_A}/team/pushed:v1`),
    );
    await world.pass(600, 2);
    assert.equal((await w.describeOne(world, id))['Status'], 'Running');
    await assert.rejects(
      copy(`oci:${directory}/n:v1`, own('docker.io', 'library/mine'), ['--dest-tls-verify=false']),
      /denied|unauthorized/i,
    );
  });
});
