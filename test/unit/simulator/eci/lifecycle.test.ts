import assert from 'node:assert/strict';
import { describeOne, eciFixture, firstState, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

const NGINX = 'nginx:v1';

describe('the life of a container group', () => {
  let world: EciWorld;

  before(async () => {
    world = await startEciWorld();
  });

  after(() => world.stop());

  const create = async (more: Record<string, string> = {}, image = NGINX): Promise<unknown> =>
    (await world.call('CreateContainerGroup', groupParams(image, more)))['ContainerGroupId'];

  it('goes from Scheduling over Pending to Running and shows its address on the way', async () => {
    const id = await create();
    const scheduling = await describeOne(world, id);
    assert.equal(scheduling['Status'], 'Scheduling');
    assert.equal(scheduling['IntranetIp'], undefined);

    await world.pass(300);
    const pending = await describeOne(world, id);
    assert.equal(pending['Status'], 'Pending');
    assert.match(String(pending['IntranetIp']), /^192\.168\./);

    await world.pass(300);
    const running = await describeOne(world, id);
    assert.equal(running['Status'], 'Running');
    assert.equal(firstState(running)['State'], 'Running');
    const reasons = (running['Events'] as Row[]).map((event) => event['Reason']);
    for (const reason of ['Pulling', 'Pulled', 'Created', 'Started']) {
      assert.ok(reasons.includes(reason), `${reason} is missing in ${reasons.join(', ')}`);
    }
  });

  it('gives every group an address of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => create()));
    await world.pass(600, 2);
    const rows = await Promise.all(ids.map((id) => describeOne(world, id)));
    assert.equal(new Set(rows.map((row) => row['IntranetIp'])).size, 20);
  });

  it('runs init containers in order before the others', async () => {
    const id = await create({
      'InitContainer.1.Name': 'first',
      'InitContainer.1.Image': NGINX,
      'InitContainer.2.Name': 'second',
      'InitContainer.2.Image': NGINX,
    });
    const initStates = async (): Promise<unknown[]> =>
      ((await describeOne(world, id))['InitContainers'] as { CurrentState: Row }[]).map((c) => c.CurrentState['State']);
    await world.pass(600, 2);
    assert.deepEqual(await initStates(), ['Running', 'Waiting']);
    await world.pass(600, 2);
    assert.deepEqual(await initStates(), ['Terminated', 'Running']);
    assert.equal((await describeOne(world, id))['Status'], 'Pending');
    await world.pass(600, 2);
    assert.equal((await describeOne(world, id))['Status'], 'Running');
  });

  const ends: Record<string, { policy: string; code: string; status: string }> = {
    'succeeds when all containers end well and are not restarted': { policy: 'Never', code: '0', status: 'Succeeded' },
    'fails when a container ends badly and is not restarted': { policy: 'Never', code: '7', status: 'Failed' },
    'succeeds under OnFailure when the container ends well': { policy: 'OnFailure', code: '0', status: 'Succeeded' },
    'stays Running under OnFailure while a container is to be restarted': {
      policy: 'OnFailure',
      code: '7',
      status: 'Running',
    },
    'stays Running under Always however containers end': { policy: 'Always', code: '0', status: 'Running' },
  };
  for (const [title, { policy, code, status }] of Object.entries(ends)) {
    it(title, async () => {
      const id = await create({
        RestartPolicy: policy,
        'Container.1.EnvironmentVar.1.Key': 'ECI_SIM_EXIT_AFTER_MS',
        'Container.1.EnvironmentVar.1.Value': '500',
        'Container.1.EnvironmentVar.2.Key': 'ECI_SIM_EXIT_CODE',
        'Container.1.EnvironmentVar.2.Value': code,
      });
      await world.pass(1200, 4);
      assert.equal((await describeOne(world, id))['Status'], status);
    });
  }

  it('backs off and counts restarts of a container that keeps ending', async () => {
    const id = await create({}, 'job:v1');
    await world.pass(1800, 6);
    const waiting = await describeOne(world, id);
    assert.deepEqual([firstState(waiting)['State'], firstState(waiting)['Reason']], ['Waiting', 'CrashLoopBackOff']);
    const [container] = waiting['Containers'] as { RestartCount: number; PreviousState: Row }[];
    assert.equal(container?.RestartCount, 1);
    assert.equal(container?.PreviousState['ExitCode'], 3);
    await world.pass(10_000, 2);
    await world.pass(300);
    assert.equal(firstState(await describeOne(world, id))['State'], 'Running');
  });

  it('fails an instance that outlives its deadline', async () => {
    const id = await create({ ActiveDeadlineSeconds: '60' });
    await world.pass(61_000, 4);
    assert.equal((await describeOne(world, id))['Status'], 'Failed');
  });

  it('is gone a short while after a delete, which may be repeated with its token', async () => {
    const id = await create();
    await world.pass(600, 2);
    const params = { ContainerGroupId: String(id), ClientToken: `delete-${String(id)}` };
    await world.call('DeleteContainerGroup', params);
    assert.equal((await describeOne(world, id))['Status'], 'Running');
    await world.pass(300);
    await assert.rejects(describeOne(world, id), /gone/);
    await world.call('DeleteContainerGroup', params);
    await assert.rejects(world.call('DeleteContainerGroup', { ContainerGroupId: String(id) }), {
      code: 'InvalidParameter.NotFound',
    });
  });

  it('shows Terminating while preStop handlers run, unless the delete is forced', async () => {
    const id = await create({ 'Container.1.LifecyclePreStopHandlerExec.1': 'sleep' });
    await world.pass(600, 2);
    await world.call('DeleteContainerGroup', { ContainerGroupId: String(id) });
    assert.equal((await describeOne(world, id))['Status'], 'Terminating');
    await world.pass(400);
    assert.equal((await describeOne(world, id))['Status'], 'Terminating');
    await world.call('DeleteContainerGroup', { ContainerGroupId: String(id), Force: 'true' });
    await world.pass(300);
    await assert.rejects(describeOne(world, id), /gone/);
  });

  it('restarts from Running through Restarting and refuses to before', async () => {
    const id = await create();
    await assert.rejects(world.call('RestartContainerGroup', { ContainerGroupId: String(id) }), {
      code: 'IncorrectStatus',
    });
    await world.pass(600, 2);
    await world.call('RestartContainerGroup', { ContainerGroupId: String(id) });
    assert.equal((await describeOne(world, id))['Status'], 'Restarting');
    await world.pass(600, 2);
    assert.equal((await describeOne(world, id))['Status'], 'Running');
  });

  it('keeps finished groups for an hour and after that only the latest hundred', async () => {
    const fresh = await startEciWorld(eciFixture());
    try {
      const exit = {
        'Container.1.EnvironmentVar.1.Key': 'ECI_SIM_EXIT_CODE',
        'Container.1.EnvironmentVar.1.Value': '0',
      };
      for (let index = 0; index < 103; index += 1) {
        await fresh.call('CreateContainerGroup', groupParams(NGINX, { RestartPolicy: 'Never', ...exit }));
      }
      const total = async (): Promise<unknown> => (await fresh.call('DescribeContainerGroups'))['TotalCount'];
      await fresh.pass(1200, 4);
      assert.equal((await fresh.call('DescribeContainerGroups', { Status: 'Succeeded' }))['TotalCount'], 103);
      await fresh.pass(3_600_001);
      assert.equal(await total(), 100);
    } finally {
      await fresh.stop();
    }
  });
});
