import assert from 'node:assert/strict';
import { SoldOut } from '../../../../simulator/eci/capacity/sold-out.ts';
import type { FixtureSoldOut } from '../../../../simulator/fixtures/fixture.ts';
import { ACCOUNT_A, describeOne, eciFixture, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

const NGINX = 'nginx:v1';
const BOTH = 'vsw-1,vsw-tiny';
const owner = { accountId: ACCOUNT_A, regionId: 'cn-hangzhou' };

describe('capacity of the simulated cloud', () => {
  let world: EciWorld;

  beforeEach(async () => {
    world = await startEciWorld();
  });

  afterEach(() => world.stop());

  const create = async (more: Record<string, string> = {}): Promise<Row> =>
    await describeOne(world, (await world.call('CreateContainerGroup', groupParams(NGINX, more)))['ContainerGroupId']);

  const sell = (...rules: FixtureSoldOut[]): void => world.service.soldOut.add(rules);

  const refusals: Record<string, { rules: FixtureSoldOut[]; more?: Record<string, string>; code: string }> = {
    'a zone without stock': {
      rules: [{ zoneId: 'cn-hangzhou-k', shows: 'at-once' }],
      code: 'OperationDenied.NoStock',
    },
    'a vSwitch without stock': { rules: [{ vSwitchId: 'vsw-1', shows: 'at-once' }], code: 'OperationDenied.NoStock' },
    'a size without stock': {
      rules: [{ instanceType: '2-4Gi', shows: 'at-once' }],
      more: { Cpu: '2', Memory: '3' },
      code: 'OperationDenied.NoStock',
    },
    'every type of a list without stock': {
      rules: [
        { instanceType: 'ecs.c6.large', shows: 'at-once' },
        { instanceType: '2-4Gi', shows: 'at-once' },
      ],
      more: { InstanceType: 'ecs.c6.large,2-4Gi' },
      code: 'OperationDenied.NoStock',
    },
    'spot instances without stock': {
      rules: [{ market: 'spot', shows: 'at-once' }],
      more: { SpotStrategy: 'SpotAsPriceGo' },
      code: 'Spot.NotMatched',
    },
    'a zone that is not on sale': {
      rules: [{ zoneId: 'cn-hangzhou-k', shows: 'not-on-sale' }],
      code: 'Zone.NotOnSale',
    },
    'stock in one vSwitch and none in the other': {
      rules: [
        { vSwitchId: 'vsw-1', shows: 'not-on-sale' },
        { vSwitchId: 'vsw-tiny', shows: 'at-once' },
      ],
      more: { VSwitchId: BOTH },
      code: 'OperationDenied.NoStock',
    },
  };
  for (const [title, { rules, more, code }] of Object.entries(refusals)) {
    it(`refuses for ${title} with ${code}`, async () => {
      sell(...rules);
      await assert.rejects(create(more), { code, httpStatus: 403 });
    });
  }

  it('serves other kinds of machines while one is out of stock', async () => {
    sell({ market: 'spot', shows: 'at-once' }, { instanceType: '4-8Gi', shows: 'at-once' });
    assert.equal((await create())['Status'], 'Scheduling');
  });

  it('tries the vSwitches of a request in turn, and takes the one that is left', async () => {
    sell({ zoneId: 'cn-hangzhou-k', shows: 'at-once' });
    assert.equal((await create({ VSwitchId: BOTH }))['VSwitchId'], 'vsw-tiny');
  });

  it('does not know beforehand what fails later', async () => {
    sell({ vSwitchId: 'vsw-1', shows: 'late' });
    const placed = async (ids: string): Promise<unknown> =>
      (await create({ VSwitchId: ids, ScheduleStrategy: 'VSwitchOrdered' }))['VSwitchId'];
    assert.equal(await placed('vsw-1,vsw-tiny'), 'vsw-1');
    assert.equal(await placed('vsw-tiny,vsw-1'), 'vsw-tiny');
  });

  it('keeps the order of vSwitches when asked to, and spreads otherwise', async () => {
    const placed = async (strategy: string): Promise<unknown[]> => {
      const rows = [];
      for (let count = 0; count < 4; count += 1) {
        rows.push((await create({ VSwitchId: BOTH, ScheduleStrategy: strategy }))['VSwitchId']);
      }
      return rows;
    };
    assert.deepEqual(await placed('VSwitchOrdered'), ['vsw-1', 'vsw-1', 'vsw-1', 'vsw-1']);
    assert.deepEqual(new Set(await placed('VSwitchRandom')), new Set(['vsw-1', 'vsw-tiny']));
  });

  it('tries instance types in order of preference before it takes the next', async () => {
    sell({ instanceType: 'ecs.c6.large', shows: 'at-once' });
    const row = await create({ InstanceType: 'ecs.c6.large,4-8Gi,ecs.g6.large' });
    assert.deepEqual([row['InstanceType'], row['Cpu'], row['Memory']], [undefined, 4, 8]);
    const other = await create({ InstanceType: 'ecs.g6.large,4-8Gi' });
    assert.deepEqual([other['InstanceType'], other['Cpu'], other['Memory']], ['ecs.g6.large', 2, 8]);
  });

  it('refuses when the addresses of every vSwitch are used up, and serves again once one is free', async () => {
    const rows = [];
    for (let count = 0; count < 4; count += 1) rows.push(await create({ VSwitchId: 'vsw-tiny' }));
    await assert.rejects(create({ VSwitchId: 'vsw-tiny' }), { code: 'InvalidVSwitchId.IpNotEnough', httpStatus: 403 });
    assert.equal((await create({ VSwitchId: 'vsw-tiny,vsw-1' }))['VSwitchId'], 'vsw-1');
    await world.call('DeleteContainerGroup', { ContainerGroupId: String(rows[0]?.['ContainerGroupId']) });
    await world.pass(300);
    assert.equal((await create({ VSwitchId: 'vsw-tiny' }))['VSwitchId'], 'vsw-tiny');
  });

  it('accepts what fails later, says why, gives back what it took, and removes it within a day', async () => {
    sell({ zoneId: 'cn-hangzhou-k', shows: 'late' });
    const id = (await create())['ContainerGroupId'];
    assert.equal(world.service.cpuUsage.of(owner), 2);
    await world.pass(300);

    const row = await describeOne(world, id);
    assert.equal(row['Status'], 'ScheduleFailed');
    assert.equal(row['IntranetIp'], undefined);
    const events = row['Events'] as Row[];
    assert.deepEqual(
      events.map(({ Type, Reason }) => `${String(Type)} ${String(Reason)}`),
      ['Normal Creating', 'Warning StockExhaust', 'Warning NoStock'],
    );
    const condition = await createdCondition(world, id);
    assert.deepEqual([condition['status'], condition['Reason']], ['False', 'NoStock']);
    assert.match(String(condition['Message']), /cn-hangzhou-k/);
    assert.equal(world.service.cpuUsage.of(owner), 0);

    await world.pass(24 * 60 * 60_000);
    await assert.rejects(describeOne(world, id), /gone/);
    assert.equal(world.service.cpuUsage.of(owner), 0);
  });

  it('warns of a zone that is nearly empty, and serves', async () => {
    sell({ shows: 'scarce' });
    const id = (await create())['ContainerGroupId'];
    await world.pass(600, 2);
    const row = await describeOne(world, id);
    assert.equal(row['Status'], 'Running');
    assert.ok((row['Events'] as Row[]).some(({ Reason }) => Reason === 'StockExhaust'));
  });

  it('says what the fixture says until the stock is changed', () => {
    const soldOut = new SoldOut(eciFixture({ soldOut: [{ shows: 'at-once' }] }).eci?.soldOut);
    const offer = { zoneId: 'z', vSwitchId: 'v', instanceType: '2-4Gi', market: 'regular' } as const;
    assert.equal(soldOut.of(offer), 'at-once');
    soldOut.clear();
    assert.equal(soldOut.of(offer), undefined);
  });

  it('enforces a vCPU quota that changes while it runs, and counts what is in use', async () => {
    world.service.quotas.maxCpu = 3;
    await create();
    await assert.rejects(create(), { code: 'QuotaExceeded', httpStatus: 403 });
    const usage = (await world.call('ListUsage'))['Attributes'] as Row;
    assert.deepEqual([usage['UsedCpu'], usage['MaxCpu']], [2, 3]);
    world.service.quotas.maxCpu = 4;
    await create();
  });

  it('announces a reclaim of a spot instance three minutes ahead, then lets it expire', async () => {
    const id = (await create({ SpotStrategy: 'SpotAsPriceGo', RestartPolicy: 'Always' }))['ContainerGroupId'];
    await world.pass(600, 2);
    const [group] = world.service.groups.all();
    assert.ok(group);
    world.service.groupLifecycle.reclaim(group);

    const announced = await describeOne(world, id);
    assert.equal(announced['Status'], 'Running');
    assert.equal((announced['Events'] as Row[]).at(-1)?.['Reason'], 'SpotToBeReleased');
    const condition = await createdCondition(world, id);
    assert.deepEqual([condition['status'], condition['Reason']], ['True', 'SpotToBeReleased']);

    // A restart does not call it off.
    await world.call('RestartContainerGroup', { ContainerGroupId: String(id) });
    await world.pass(179_000, 2);
    assert.equal((await describeOne(world, id))['Status'], 'Running');
    await world.pass(1000);
    const expired = await describeOne(world, id);
    assert.equal(expired['Status'], 'Expired');
    assert.match(String(expired['ExpiredTime']), /^2026-01-01T00:03:0/);
    const [container] = expired['Containers'] as { CurrentState: Row }[];
    assert.deepEqual([container?.CurrentState['State'], container?.CurrentState['ExitCode']], ['Terminated', 137]);
    assert.equal(world.service.cpuUsage.of(owner), 0);
  });

  it('loses a group without a trace when it is removed behind the API', async () => {
    const id = (await create())['ContainerGroupId'];
    await world.pass(600, 2);
    const [group] = world.service.groups.all();
    assert.ok(group);
    world.service.groupLifecycle.remove(group);
    await assert.rejects(describeOne(world, id), /gone/);
    assert.equal(world.service.cpuUsage.of(owner), 0);
  });
});

async function createdCondition(world: EciWorld, id: unknown): Promise<Row> {
  const answer = await world.call('DescribeContainerGroupStatus', { ContainerGroupIds: JSON.stringify([id]) });
  const [row] = answer['Data'] as { PodStatus: { Conditions: Row[] } }[];
  const condition = row?.PodStatus.Conditions.find(({ type }) => type === 'ContainerInstanceCreated');
  assert.ok(condition);
  return condition;
}
