import assert from 'node:assert/strict';
import type { GroupUsage } from '../../../../simulator/eci/metrics/group-usage.ts';
import { registerEci } from '../../../../simulator/eci/register.ts';
import { createSimClock } from '../../../../simulator/clock.ts';
import { createSimulator } from '../../../../simulator/simulator.ts';
import { eciFixture, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

interface Metric extends Row {
  CPU: Record<string, number>;
  Memory: Record<string, number>;
  Network: { Interfaces: Record<string, number>[] };
  Containers: { Name: string; CPU: Record<string, number>; Memory: Record<string, number> }[];
}

describe('metrics of container groups', () => {
  let world: EciWorld;

  beforeEach(async () => {
    world = await startEciWorld();
  });

  afterEach(() => world.stop());

  const create = async (more: Record<string, string> = {}): Promise<string> =>
    String((await world.call('CreateContainerGroup', groupParams('nginx:v1', more)))['ContainerGroupId']);

  const newest = async (...ids: string[]): Promise<Map<string, Metric[]>> => {
    const answer = await world.call('DescribeMultiContainerGroupMetric', { ContainerGroupIds: JSON.stringify(ids) });
    const rows = answer['MonitorDatas'] as { ContainerGroupId: string; Records: Metric[] }[];
    return new Map(rows.map((row) => [row.ContainerGroupId, row.Records]));
  };

  it('has one record of what runs, none of what does not, and no row of what is unknown', async () => {
    const running = await create();
    await world.pass(600, 2);
    const scheduling = await create();
    const records = await newest(running, scheduling, 'eci-unknown');
    assert.deepEqual([...records.keys()], [running, scheduling]);
    assert.equal(records.get(running)?.length, 1);
    assert.deepEqual(records.get(scheduling), []);
  });

  it('counts CPU time and traffic up with the clock, in the units of the kubelet', async () => {
    const id = await create({ 'Container.1.Cpu': '1', 'Container.1.Memory': '2' });
    await world.pass(600, 2);
    const [first] = (await newest(id)).get(id) ?? [];
    await world.pass(10_000);
    const [second] = (await newest(id)).get(id) ?? [];
    assert.ok(first && second);
    const [before] = first.Containers;
    const [after] = second.Containers;
    assert.ok(before && after);
    assert.equal(first.CPU['Limit'], 1000);
    const cores = after.CPU['UsageNanoCores'] ?? 0;
    assert.ok(cores >= 0.05e9 && cores <= 0.45e9, `${cores}`);
    const rise = (after.CPU['UsageCoreNanoSeconds'] ?? 0) - (before.CPU['UsageCoreNanoSeconds'] ?? 0);
    assert.ok(Math.abs(rise - cores * 10) <= 10, `${rise}`);
    assert.ok((second.CPU['UsageCoreNanoSeconds'] ?? 0) > (first.CPU['UsageCoreNanoSeconds'] ?? Infinity));
    const received = (metric: Metric): number => metric.Network.Interfaces[0]?.['RxBytes'] ?? 0;
    assert.equal(received(second) - received(first), 20_000);
    const { WorkingSet = 0, AvailableBytes = 0 } = after.Memory;
    assert.equal(WorkingSet + AvailableBytes, 2 * 2 ** 30);
  });

  it('keeps the counter of the group rising through a restart, which starts those of the containers anew', async () => {
    const id = await create();
    await world.pass(60_000, 4);
    const [before] = (await newest(id)).get(id) ?? [];
    await world.call('RestartContainerGroup', { ContainerGroupId: id });
    await world.pass(600, 2);
    const [after] = (await newest(id)).get(id) ?? [];
    assert.ok(before && after);
    const of = (cpu: Record<string, number> | undefined): number => cpu?.['UsageCoreNanoSeconds'] ?? NaN;
    assert.ok(of(after.CPU) > of(before.CPU));
    assert.ok(of(after.Containers[0]?.CPU) < of(before.Containers[0]?.CPU));
  });

  it('says the same in two runs of the same story', async () => {
    const tell = async (): Promise<unknown> => {
      const other = await startEciWorld();
      try {
        const answer = await other.call('CreateContainerGroup', groupParams('nginx:v1'));
        await other.pass(5000, 5);
        const ids = JSON.stringify([answer['ContainerGroupId']]);
        const [row] = (await other.call('DescribeMultiContainerGroupMetric', { ContainerGroupIds: ids }))[
          'MonitorDatas'
        ] as Row[];
        return row?.['Records'];
      } finally {
        await other.stop();
      }
    };
    assert.deepEqual(await tell(), await tell());
  });

  const series: Record<string, { params: Record<string, string>; points: number; apartMs: number }> = {
    'covers the last five minutes at 15 s without times': { params: {}, points: 21, apartMs: 15_000 },
    'has a point a minute with times': {
      params: { StartTime: '2026-01-01T00:10:00Z', EndTime: '2026-01-01T00:19:00Z' },
      points: 10,
      apartMs: 60_000,
    },
    'has at most 50 points, the latest': {
      params: { StartTime: '2026-01-01T00:02:00Z', Period: '15' },
      points: 50,
      apartMs: 15_000,
    },
  };
  for (const [title, { params, points, apartMs }] of Object.entries(series)) {
    it(`as a series ${title}`, async () => {
      const id = await create();
      await world.pass(20 * 60_000, 20);
      const answer = await world.call('DescribeContainerGroupMetric', { ContainerGroupId: id, ...params });
      const records = answer['Records'] as Metric[];
      assert.equal(answer['ContainerGroupId'], id);
      assert.equal(records.length, points);
      const times = records.map(({ Timestamp }) => Date.parse(String(Timestamp)));
      assert.ok(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === apartMs));
      const counters = records.map(({ CPU }) => CPU['UsageCoreNanoSeconds'] ?? NaN);
      assert.ok(counters.every((value, index) => index === 0 || value > (counters[index - 1] ?? Infinity)));
    });
  }

  const refusals: Record<string, [action: string, params: Record<string, string>, code: string]> = {
    'a series of an unknown group': [
      'DescribeContainerGroupMetric',
      { ContainerGroupId: 'eci-unknown' },
      'InvalidParameter.NotFound',
    ],
    'another period': ['DescribeContainerGroupMetric', { ContainerGroupId: 'eci-1', Period: '45' }, 'InvalidParameter'],
    'more than 20 groups': [
      'DescribeMultiContainerGroupMetric',
      { ContainerGroupIds: JSON.stringify(Array.from({ length: 21 }, (_, index) => `eci-${index}`)) },
      'InvalidParameter',
    ],
    'no groups': ['DescribeMultiContainerGroupMetric', {}, 'MissingParameter'],
  };
  for (const [title, [action, params, code]] of Object.entries(refusals)) {
    it(`refuses ${title}`, async () => {
      await assert.rejects(world.call(action, params), { code });
    });
  }

  it('come from where containers really run, for the groups that this source knows', () => {
    const fixture = eciFixture();
    const clock = createSimClock(() => 0);
    const simulator = createSimulator({ fixture, clock });
    const measured: GroupUsage = {
      containers: [],
      cpuNanoSeconds: 7,
      network: { rxBytes: 0, txBytes: 0 },
      storageBytes: 0,
    };
    const service = registerEci(simulator, {
      usage: { usageOf: (group) => (group.name === 'real' ? measured : undefined) },
    });
    const group = { containers: [], name: 'real' } as unknown as Parameters<typeof service.usage.usageOf>[0];
    assert.equal(service.usage.usageOf(group, 0), measured);
    assert.equal(service.usage.usageOf({ ...group, name: 'other' }, 0), undefined);
    clock.stop();
  });
});
