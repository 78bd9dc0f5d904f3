import assert from 'node:assert/strict';
import { HOST_B, INSTANCE_B, REGION, USER_ROLE, ACCOUNT_B, describeOne, eciFixture } from './eci-world.ts';
import { firstState, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

const NGINX = 'nginx:v1';
const OTHER = 'docker.io/library/nginx:v1';
const login = (number: number, password: string): Record<string, string> => ({
  [`ImageRegistryCredential.${number}.Server`]: `registry-${number}.example.com`,
  [`ImageRegistryCredential.${number}.UserName`]: 'robot',
  [`ImageRegistryCredential.${number}.Password`]: password,
});
const file = (content: string): Record<string, string> => ({
  'Volume.1.Name': 'config',
  'Volume.1.Type': 'ConfigFileVolume',
  'Volume.1.ConfigFileVolume.ConfigFileToPath.1.Path': 'a.conf',
  'Volume.1.ConfigFileVolume.ConfigFileToPath.1.Content': Buffer.from(content).toString('base64'),
});
const container = (more: Record<string, string> = {}): Record<string, string> => ({
  'Container.1.Name': 'main',
  'Container.1.Image': NGINX,
  ...more,
});

describe('an update of a container group', () => {
  let world: EciWorld;

  beforeEach(async () => {
    world = await startEciWorld();
  });

  afterEach(() => world.stop());

  const running = async (more: Record<string, string> = {}, image = NGINX): Promise<string> => {
    const id = String((await world.call('CreateContainerGroup', groupParams(image, more)))['ContainerGroupId']);
    await world.pass(600, 2);
    assert.equal((await describeOne(world, id))['Status'], 'Running');
    return id;
  };

  const update = (id: string, params: Record<string, string>): Promise<Row> =>
    world.call('UpdateContainerGroup', { ContainerGroupId: id, ...params });

  const quiet: Record<string, Record<string, string>> = {
    'other passwords': login(1, 'new'),
    'fewer credentials': {
      'ImageRegistryCredential.1.Server': 'registry-2.example.com',
      'ImageRegistryCredential.1.UserName': 'robot',
      'ImageRegistryCredential.1.Password': 'old',
    },
    'another tag': { 'Tag.1.Key': 'stage', 'Tag.1.Value': 'test' },
    'another resource group': { ResourceGroupId: 'rg-2' },
  };
  for (const [title, params] of Object.entries(quiet)) {
    it(`with ${title} restarts nothing`, async () => {
      const id = await running({ ...login(1, 'old'), ...login(2, 'old') });
      await update(id, params);
      const row = await describeOne(world, id);
      assert.deepEqual([row['Status'], firstState(row)['State']], ['Running', 'Running']);
    });
  }

  const restarting: Record<string, Record<string, string>> = {
    'more credentials': { ...login(1, 'old'), ...login(2, 'old') },
    'another image': container({ 'Container.1.Image': OTHER }),
    'another restart policy': { RestartPolicy: 'OnFailure' },
    'other DNS settings': { 'DnsConfig.NameServer.1': '10.0.0.10' },
    'a larger size': { Cpu: '4', Memory: '8' },
    'other files, for all that is known': file('b'),
    'another init container': { 'InitContainer.1.Name': 'init', 'InitContainer.1.Image': NGINX },
  };
  for (const [title, params] of Object.entries(restarting)) {
    it(`with ${title} goes through Updating and comes back at the same address`, async () => {
      const id = await running({ ...login(1, 'old'), ...file('a') });
      const before = (await describeOne(world, id))['IntranetIp'];
      await update(id, { UpdateType: 'IncrementalUpdate', ...params });
      assert.equal((await describeOne(world, id))['Status'], 'Updating');
      await world.pass(1800, 6);
      const after = await describeOne(world, id);
      assert.deepEqual([after['Status'], after['IntranetIp']], ['Running', before]);
      const [main] = after['Containers'] as { RestartCount: number; PreviousState: Row }[];
      assert.deepEqual([main?.RestartCount, main?.PreviousState['State']], [1, 'Terminated']);
    });
  }

  it('with other files restarts nothing where the fixture says so', async () => {
    await world.stop();
    world = await startEciWorld(eciFixture({ fileUpdateRestarts: false }));
    const id = await running(file('a'));
    await update(id, file('b'));
    assert.equal((await describeOne(world, id))['Status'], 'Running');
    const [group] = world.service.groups.all();
    assert.equal(
      group?.request.Volume?.[0]?.ConfigFileVolume?.ConfigFileToPath?.[0]?.Content,
      Buffer.from('b').toString('base64'),
    );
  });

  it('pulls another image although the old one is present', async () => {
    const id = await running(container({ 'Container.1.ImagePullPolicy': 'IfNotPresent' }));
    await update(
      id,
      container({ 'Container.1.ImagePullPolicy': 'IfNotPresent', 'Container.1.Image': 'nginx:missing' }),
    );
    await world.pass(600, 2);
    assert.equal(firstState(await describeOne(world, id))['Reason'], 'ErrImagePull');
  });

  it('fails a group whose containers it stops and its restart policy does not start again', async () => {
    const id = await running({ RestartPolicy: 'Never' });
    await update(id, container({ 'Container.1.Image': OTHER }));
    assert.equal((await describeOne(world, id))['Status'], 'Failed');
  });

  it('keeps what a container had with IncrementalUpdate, and drops it with RenewUpdate', async () => {
    const env = { 'Container.1.EnvironmentVar.1.Key': 'A', 'Container.1.EnvironmentVar.1.Value': '1' };
    const variables = async (id: string): Promise<unknown> =>
      ((await describeOne(world, id))['Containers'] as Row[])[0]?.['EnvironmentVars'];
    const kept = await running(env);
    await update(kept, { UpdateType: 'IncrementalUpdate', ...container({ 'Container.1.Image': OTHER }) });
    assert.deepEqual(await variables(kept), [{ Key: 'A', Value: '1' }]);
    const dropped = await running(env);
    await update(dropped, container({ 'Container.1.Image': OTHER }));
    assert.deepEqual(await variables(dropped), []);
  });

  it('refuses an IncrementalUpdate that forgets a container', async () => {
    const id = await running({ 'Container.2.Name': 'second', 'Container.2.Image': NGINX });
    await assert.rejects(update(id, { UpdateType: 'IncrementalUpdate', ...container() }), {
      code: 'InvalidParameter',
      message: /second is missing/,
    });
  });

  for (const [title, params] of Object.entries({
    'that names nothing': {},
    'that names what is so already': { ...login(1, 'old'), ...container(), RestartPolicy: 'Always', Cpu: '2' },
  })) {
    it(`${title} is answered with NoNeedUpdate`, async () => {
      const id = await running(login(1, 'old'));
      await assert.rejects(update(id, params), { code: 'NoNeedUpdate', httpStatus: 400 });
    });
  }

  it('is refused while the group is neither Pending nor Running', async () => {
    const id = String((await world.call('CreateContainerGroup', groupParams(NGINX)))['ContainerGroupId']);
    await assert.rejects(update(id, container({ 'Container.1.Image': OTHER })), { code: 'IncorrectStatus' });
    await world.pass(600, 2);
    await update(id, container({ 'Container.1.Image': OTHER }));
    await assert.rejects(update(id, container()), { code: 'IncorrectStatus' });
  });

  it('is refused beyond the vCPU quota, and changes nothing then', async () => {
    const id = await running();
    world.service.quotas.maxCpu = 2;
    await assert.rejects(update(id, { Cpu: '4', Memory: '8' }), { code: 'QuotaExceeded' });
    assert.equal((await describeOne(world, id))['Cpu'], 2);
  });

  it('gives later pulls the new credentials; without it they fail once the old ones have expired', async () => {
    const image = `${HOST_B}/team/app:v1`;
    const owner = { kind: 'role-session', accountId: ACCOUNT_B, arn: USER_ROLE, accessKeyId: 'STS.x' } as const;
    const issue = (): Record<string, string> => {
      const { userName, password } = world.simulator.acr.issue(owner, { instanceId: INSTANCE_B, regionId: REGION });
      return {
        'ImageRegistryCredential.1.Server': HOST_B,
        'ImageRegistryCredential.1.UserName': userName,
        'ImageRegistryCredential.1.Password': password,
      };
    };
    const id = await running({ ...issue(), 'Container.1.ImagePullPolicy': 'Always' }, image);
    await world.pass(2 * 3_600_000);
    await world.call('RestartContainerGroup', { ContainerGroupId: id });
    await world.pass(300);
    const refused = firstState(await describeOne(world, id));
    assert.deepEqual([refused['State'], refused['Reason']], ['Waiting', 'ErrImagePull']);

    await update(id, issue());
    await world.pass(20_000, 4);
    await world.pass(300);
    assert.equal((await describeOne(world, id))['Status'], 'Running');
  });
});
