import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Eci, * as eci from '@alicloud/eci20180808';
import { Config } from '@alicloud/openapi-client';
import { registerEci } from '../../../../simulator/eci/register.ts';
import type { EciService } from '../../../../simulator/eci/eci-service.ts';
import { startRegistry } from '../../../../simulator/registry/front.ts';
import type { RegistryFront } from '../../../../simulator/registry/front.ts';
import { keys } from '../sdk-clients.ts';
import type { Keys } from '../sdk-clients.ts';
import { startSimulator } from '../start-simulator.ts';
import type { RunningSimulator } from '../start-simulator.ts';

const regionId = 'cn-hangzhou';
const image = 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1';

describe('ECI as the official SDK sees it', () => {
  let running: RunningSimulator;
  let registry: RegistryFront;
  let service: EciService;
  let dataDir: string;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'eci-sdk-'));
    running = await startSimulator({
      register: (simulator) => {
        service = registerEci(simulator, { registryUrl: () => registry.url });
      },
    });
    registry = await startRegistry({
      simulator: running.simulator,
      dataDir,
      binary: '/nonexistent',
      log: () => undefined,
    });
  });

  after(async () => {
    service.puller.close();
    await registry.stop();
    await running.simulator.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const client = (caller: Keys): InstanceType<typeof Eci.default> =>
    new Eci.default(
      new Config({ ...caller, endpoint: running.addresses.url.replace('http://', ''), protocol: 'HTTP', regionId }),
    );

  const request = (more: Record<string, unknown> = {}): eci.CreateContainerGroupRequest =>
    new eci.CreateContainerGroupRequest({
      regionId,
      containerGroupName: 'web',
      clientToken: 'sdk-1',
      vSwitchId: 'vsw-bp1xpiowfm5vo8o3c0001',
      securityGroupId: 'sg-bp1dktddjsg5nktv0001',
      container: [new eci.CreateContainerGroupRequestContainer({ name: 'main', image })],
      tag: [new eci.CreateContainerGroupRequestTag({ key: 'uid', value: '' })],
      acrRegistryInfo: [
        new eci.CreateContainerGroupRequestAcrRegistryInfo({
          arnService: 'acs:ram::1111111111111111:role/role-assume-eci-only',
          arnUser: 'acs:ram::2222222222222222:role/role-acr',
        }),
      ],
      ...more,
    });

  it('creates a group that pulls across accounts, and describes it', async () => {
    const created = await client(keys.component).createContainerGroup(request());
    const again = await client(keys.component).createContainerGroup(request());
    assert.equal(again.body?.containerGroupId, created.body?.containerGroupId);
    for (let step = 0; step < 2; step += 1) {
      running.clock.advance(300);
      await service.puller.idle();
    }
    const described = await client(keys.component).describeContainerGroups(
      new eci.DescribeContainerGroupsRequest({
        regionId,
        containerGroupIds: JSON.stringify([created.body?.containerGroupId]),
      }),
    );
    const [group] = described.body?.containerGroups ?? [];
    assert.deepEqual([group?.status, group?.containers?.[0]?.currentState?.state], ['Running', 'Running']);
    assert.deepEqual(
      group?.tags?.map(({ key, value }) => [key, value]),
      [['uid', '']],
    );
    const status = await client(keys.component).describeContainerGroupStatus(
      new eci.DescribeContainerGroupStatusRequest({ regionId, limit: 200 }),
    );
    assert.equal(status.body?.data?.[0]?.podStatus?.phase, 'Running');
    const metrics = await client(keys.component).describeMultiContainerGroupMetric(
      new eci.DescribeMultiContainerGroupMetricRequest({
        regionId,
        containerGroupIds: JSON.stringify([created.body?.containerGroupId]),
        metricType: 'summary',
      }),
    );
    const [record] = metrics.body?.monitorDatas?.[0]?.records ?? [];
    assert.equal(record?.containers?.[0]?.name, 'main');
    assert.ok(Number(record?.CPU?.usageCoreNanoSeconds) > 0);
    assert.ok(Number(record?.memory?.workingSet) > 0);
    assert.ok(Number(record?.network?.interfaces?.[0]?.rxBytes) > 0);
    assert.deepEqual(running.defects, []);
  });

  it('refuses with the code and the status of the cloud', async () => {
    const refused = client(keys.component).createContainerGroup(request({ cpu: 4 }));
    await assert.rejects(refused, { code: 'IdempotentParameterMismatch' });
    const forbidden = client(keys.nobody).createContainerGroup(request());
    await assert.rejects(forbidden, (error: Error & { code: string }) => /NoPermission|Forbidden/.test(error.code));
  });
});
