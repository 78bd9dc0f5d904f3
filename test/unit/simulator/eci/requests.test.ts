import assert from 'node:assert/strict';
import type { Principal } from '../../../../simulator/types.ts';
import { ACCOUNT_A, ACCOUNT_B, admin, eciFixture, groupParams, startEciWorld } from './eci-world.ts';
import type { EciWorld, Row } from './eci-world.ts';

const nobody: Principal = { ...admin, arn: `acs:ram::${ACCOUNT_A}:user/nobody` };
const stranger: Principal = { ...admin, kind: 'root', accountId: ACCOUNT_B, arn: `acs:ram::${ACCOUNT_B}:root` };
const base = groupParams('nginx:v1');

function repeat(count: number, make: (n: number) => Record<string, string>): Record<string, string> {
  return Object.assign({}, ...Array.from({ length: count }, (_, index) => make(index + 1))) as Record<string, string>;
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(base).filter(([key]) => key !== name));
}

const file = (bytes: number): string => Buffer.alloc(bytes).toString('base64');

describe('requests to ECI', () => {
  let world: EciWorld;

  before(async () => {
    world = await startEciWorld();
  });

  after(() => world.stop());

  const refusals: Record<string, { params: Record<string, string>; code: string; names: string }> = {
    'an unknown parameter': { params: { ...base, Foo: '1' }, code: 'InvalidParameter', names: 'Foo' },
    'an unknown member of a list': {
      params: { ...base, 'Container.1.Imagee': 'x' },
      code: 'InvalidParameter',
      names: 'Container.1.Imagee',
    },
    'an unknown member below a plain value': {
      params: { ...base, 'Container.1.Name.Foo': 'x' },
      code: 'InvalidParameter',
      names: 'Container.1.Name.Foo',
    },
    'a missing name': { params: without('ContainerGroupName'), code: 'MissingParameter', names: 'ContainerGroupName' },
    'a missing image': { params: without('Container.1.Image'), code: 'MissingParameter', names: 'Container.1.Image' },
    'no container at all': {
      params: { ContainerGroupName: 'web', VSwitchId: 'vsw-1', SecurityGroupId: 'sg-1' },
      code: 'MissingParameter',
      names: 'Container.1',
    },
    'a list that starts at 0': { params: { ...base, 'Tag.0.Key': 'a' }, code: 'InvalidParameter', names: 'Tag.0' },
    'a list with a gap': {
      params: { ...base, 'Tag.1.Key': 'a', 'Tag.3.Key': 'b' },
      code: 'InvalidParameter',
      names: 'Tag.3',
    },
    'a name with capitals': {
      params: { ...base, ContainerGroupName: 'Web' },
      code: 'InvalidParameter',
      names: 'ContainerGroupName',
    },
    'a name that ends with a dash': {
      params: { ...base, ContainerGroupName: 'web-' },
      code: 'InvalidParameter',
      names: 'ContainerGroupName',
    },
    'a reserved tag key': { params: { ...base, 'Tag.1.Key': 'acs:x' }, code: 'InvalidParameter', names: 'Tag.1.Key' },
    'a flag that is no flag': { params: { ...base, DryRun: 'yes' }, code: 'InvalidParameter', names: 'DryRun' },
    '21 registry entries': {
      params: { ...base, ...repeat(21, (n) => ({ [`AcrRegistryInfo.${n}.InstanceId`]: 'cri-a' })) },
      code: 'InvalidParameter',
      names: 'AcrRegistryInfo',
    },
    '11 credentials': {
      params: {
        ...base,
        ...repeat(11, (n) => ({
          [`ImageRegistryCredential.${n}.Server`]: 'h',
          [`ImageRegistryCredential.${n}.UserName`]: 'u',
          [`ImageRegistryCredential.${n}.Password`]: 'p',
        })),
      },
      code: 'InvalidParameter',
      names: 'ImageRegistryCredential',
    },
    'a credential for a URL': {
      params: {
        ...base,
        'ImageRegistryCredential.1.Server': 'https://h',
        'ImageRegistryCredential.1.UserName': 'u',
        'ImageRegistryCredential.1.Password': 'p',
      },
      code: 'InvalidParameter',
      names: 'ImageRegistryCredential.1.Server',
    },
    '21 containers with init containers': {
      params: {
        ...base,
        ...repeat(20, (n) => ({ [`InitContainer.${n}.Name`]: `i${n}`, [`InitContainer.${n}.Image`]: 'nginx:v1' })),
      },
      code: 'InvalidParameter',
      names: 'Container',
    },
    'two containers of one name': {
      params: { ...base, 'Container.2.Name': 'main', 'Container.2.Image': 'x' },
      code: 'InvalidParameter.DuplicatedName',
      names: 'main',
    },
    '21 volumes': {
      params: {
        ...base,
        ...repeat(21, (n) => ({ [`Volume.${n}.Name`]: `v${n}`, [`Volume.${n}.Type`]: 'EmptyDirVolume' })),
      },
      code: 'InvalidParameter',
      names: 'Volume',
    },
    '21 tags': {
      params: { ...base, ...repeat(21, (n) => ({ [`Tag.${n}.Key`]: `k${n}` })) },
      code: 'InvalidParameter',
      names: 'Tag',
    },
    'a configuration file that is too large': {
      params: { ...base, ...files(['a', 33_000]) },
      code: 'InvalidParameter',
      names: 'ConfigFileVolume',
    },
    'configuration files that are too large together': {
      params: { ...base, ...files(['a', 31_000], ['b', 31_000]) },
      code: 'InvalidParameter',
      names: 'Volume',
    },
    'a vSwitch that does not exist': {
      params: { ...base, VSwitchId: 'vsw-9' },
      code: 'InvalidParameter',
      names: 'vsw-9',
    },
    'no vSwitch': { params: without('VSwitchId'), code: 'MissingParameter', names: 'VSwitchId' },
    'a security group of another VPC': {
      params: { ...base, SecurityGroupId: 'sg-elsewhere' },
      code: 'OperationDenied.SecurityGroupMisMatch',
      names: 'security group',
    },
    'more than is sold': {
      params: { ...base, Cpu: '65', Memory: '1' },
      code: 'InvalidParameter.CPU.Memory',
      names: '65',
    },
    'an image cache that does not exist': {
      params: { ...base, ImageSnapshotId: 'imc-9' },
      code: 'ImageSnapshot.NotFound',
      names: 'imc-9',
    },
    'a dry run that would succeed': { params: { ...base, DryRun: 'true' }, code: 'DryRun.Success', names: 'dry run' },
    'a role that may not be passed': {
      params: { ...base, RamRoleName: 'service' },
      code: 'InvalidUser.PassRoleForbidden',
      names: 'service',
    },
  };
  for (const [title, { params, code, names }] of Object.entries(refusals)) {
    it(`refuses ${title}, naming it`, async () => {
      await assert.rejects(world.call('CreateContainerGroup', params), (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.ok(error.message.includes(names), error.message);
        return true;
      });
      assert.equal([...world.service.groups.all()].length, 0);
    });
  }

  function files(...sizes: [string, number][]): Record<string, string> {
    const paths = sizes.flatMap(([name, bytes], index) => [
      [`Volume.1.ConfigFileVolume.ConfigFileToPath.${index + 1}.Path`, name],
      [`Volume.1.ConfigFileVolume.ConfigFileToPath.${index + 1}.Content`, file(bytes)],
    ]);
    return { 'Volume.1.Name': 'v', 'Volume.1.Type': 'ConfigFileVolume', ...Object.fromEntries(paths) } as Record<
      string,
      string
    >;
  }
});

describe('answers of ECI', () => {
  let world: EciWorld;

  beforeEach(async () => {
    world = await startEciWorld();
  });

  afterEach(() => world.stop());

  const ids = async (action: string, params: Record<string, string> = {}, as = admin): Promise<unknown[]> => {
    const answer = await world.call(action, params, as);
    return ((answer['ContainerGroups'] ?? answer['Data']) as Row[]).map((row) => row['ContainerGroupId']);
  };

  it('repeats the first result for a repeated token and refuses it with other parameters', async () => {
    const params = { ...base, ClientToken: 'token-1' };
    const first = await world.call('CreateContainerGroup', params);
    assert.deepEqual(await world.call('CreateContainerGroup', params), first);
    await assert.rejects(world.call('CreateContainerGroup', { ...params, Cpu: '4' }), {
      code: 'IdempotentParameterMismatch',
      httpStatus: 400,
    });
    const other = await world.call('CreateContainerGroup', { ...params, ClientToken: 'TOKEN-1' });
    assert.notEqual(other['ContainerGroupId'], first['ContainerGroupId']);
    assert.equal((await ids('DescribeContainerGroups')).length, 2);
  });

  it('lets a token be used again after a refusal', async () => {
    await assert.rejects(world.call('CreateContainerGroup', { ...base, VSwitchId: 'vsw-9', ClientToken: 't' }));
    assert.ok((await world.call('CreateContainerGroup', { ...base, ClientToken: 't' }))['ContainerGroupId']);
  });

  it('shows nothing, and refuses nothing, to a caller who may not describe', async () => {
    await world.call('CreateContainerGroup', base);
    for (const action of ['DescribeContainerGroups', 'DescribeContainerGroupStatus', 'DescribeContainerGroupEvents']) {
      assert.deepEqual(await ids(action, {}, nobody), []);
    }
    await assert.rejects(world.call('CreateContainerGroup', base, nobody), { code: 'NoPermission' });
  });

  it('keeps accounts and regions apart', async () => {
    const { ContainerGroupId: id } = await world.call('CreateContainerGroup', base);
    const byId = { ContainerGroupIds: JSON.stringify([id]) };
    assert.deepEqual(await ids('DescribeContainerGroups', byId, stranger), []);
    assert.deepEqual(await ids('DescribeContainerGroups', { ...byId, RegionId: 'cn-beijing' }), []);
    assert.deepEqual(await ids('DescribeContainerGroups', byId), [id]);
  });

  it('pages through everything once, however groups come and go', async () => {
    const created: unknown[] = [];
    for (let index = 0; index < 45; index += 1) {
      created.push((await world.call('CreateContainerGroup', base))['ContainerGroupId']);
    }
    const seen: unknown[] = [];
    let NextToken = '';
    let pages = 0;
    do {
      const answer = await world.call('DescribeContainerGroups', NextToken === '' ? {} : { NextToken });
      assert.equal(answer['TotalCount'], 45);
      seen.push(...(answer['ContainerGroups'] as Row[]).map((row) => row['ContainerGroupId']));
      NextToken = String(answer['NextToken']);
      pages += 1;
      if (pages === 1) {
        await world.call('DeleteContainerGroup', { ContainerGroupId: String(created[0]), Force: 'true' });
        await world.pass(300);
      }
    } while (NextToken !== '');
    assert.deepEqual(seen, created);
    assert.equal(pages, 3);
  });

  it('filters by tags, name, status and ids', async () => {
    const tag = (value: string) => ({ 'Tag.1.Key': 'uid', 'Tag.1.Value': value });
    const { ContainerGroupId: a } = await world.call('CreateContainerGroup', { ...base, ...tag('a') });
    const { ContainerGroupId: b } = await world.call('CreateContainerGroup', {
      ...base,
      ...tag('b'),
      ContainerGroupName: 'other',
    });
    assert.deepEqual(await ids('DescribeContainerGroups', tag('a')), [a]);
    assert.deepEqual(await ids('DescribeContainerGroups', { 'Tag.1.Key': 'uid' }), [a, b]);
    assert.deepEqual(await ids('DescribeContainerGroups', { ContainerGroupName: 'other' }), [b]);
    assert.deepEqual(await ids('DescribeContainerGroups', { Status: 'Running' }), []);
    assert.deepEqual(await ids('DescribeContainerGroups', { ContainerGroupIds: JSON.stringify([b, 'eci-9']) }), [b]);
    assert.deepEqual(await ids('DescribeContainerGroupStatus', tag('b')), [b]);
  });

  it('shows by SinceSecond only what changed in that time', async () => {
    await world.call('CreateContainerGroup', base);
    await world.pass(600, 2);
    await world.pass(61_000);
    assert.deepEqual(await ids('DescribeContainerGroupStatus', { SinceSecond: '60' }), []);
    assert.equal((await ids('DescribeContainerGroupStatus', { SinceSecond: '120' })).length, 1);
  });

  const limits: Record<string, [action: string, params: Record<string, string>]> = {
    'a page of more than 20 groups': ['DescribeContainerGroups', { Limit: '21' }],
    'a page of more than 200 statuses': ['DescribeContainerGroupStatus', { Limit: '201' }],
    'a window of less than a minute': ['DescribeContainerGroupStatus', { SinceSecond: '59' }],
    'a window of more than an hour': ['DescribeContainerGroupEvents', { SinceSecond: '3601' }],
    'more than 20 ids': ['DescribeContainerGroups', { ContainerGroupIds: JSON.stringify(Array(21).fill('eci-1')) }],
    'ids that are no JSON': ['DescribeContainerGroups', { ContainerGroupIds: 'eci-1' }],
    'a page token of its own making': ['DescribeContainerGroups', { NextToken: 'abc' }],
    'role ARNs in an update': [
      'UpdateContainerGroup',
      { ContainerGroupId: 'e', 'AcrRegistryInfo.1.ArnService': 'acs:ram::1:role/a' },
    ],
  };
  for (const [title, [action, params]] of Object.entries(limits)) {
    it(`refuses ${title}`, async () => {
      await assert.rejects(world.call(action, params), { code: 'InvalidParameter', httpStatus: 400 });
    });
  }

  it('keeps the odd names of the wire', async () => {
    await world.call('CreateContainerGroup', {
      ...base,
      'HostAliase.1.Ip': '10.0.0.1',
      'HostAliase.1.Hostname.1': 'db',
    });
    await world.pass(600, 2);
    const { Data } = (await world.call('DescribeContainerGroupStatus')) as { Data: [Row] };
    const [row] = Data;
    assert.match(String(row['uuid']), /^[0-9a-f-]{36}$/);
    const podStatus = row['PodStatus'] as { ContainerStatuses: [{ State: Row }]; Conditions: Row[]; Phase: string };
    assert.equal(podStatus.Phase, 'Running');
    assert.deepEqual(Object.keys(podStatus.ContainerStatuses[0].State['Running'] as Row), ['StartedAtstartedAt']);
    const ready = podStatus.Conditions.find((condition) => condition['type'] === 'Ready');
    assert.equal(ready?.['status'], 'True');
    const { ContainerGroups } = (await world.call('DescribeContainerGroups')) as { ContainerGroups: [Row] };
    assert.deepEqual(ContainerGroups[0]['HostAliases'], [{ Ip: '10.0.0.1', Hostnames: ['db'] }]);
  });

  it('refuses a creation when the vSwitch is full, and takes addresses back', async () => {
    const tiny = { ...base, VSwitchId: 'vsw-tiny' };
    const created: unknown[] = [];
    for (let index = 0; index < 4; index += 1) {
      created.push((await world.call('CreateContainerGroup', tiny))['ContainerGroupId']);
    }
    await assert.rejects(world.call('CreateContainerGroup', tiny), {
      code: 'InvalidVSwitchId.IpNotEnough',
      httpStatus: 403,
    });
    await world.call('CreateContainerGroup', { ...tiny, VSwitchId: 'vsw-tiny,vsw-1' });
    await world.call('DeleteContainerGroup', { ContainerGroupId: String(created[0]) });
    await world.pass(300);
    await world.call('CreateContainerGroup', tiny);
  });

  it('reports usage and regions', async () => {
    await world.call('CreateContainerGroup', { ...base, Cpu: '7', Memory: '13' });
    const { Attributes } = (await world.call('ListUsage')) as { Attributes: Row };
    assert.equal(Attributes['UsedCpu'], 8);
    const { Regions } = (await world.call('DescribeRegions')) as { Regions: Row[] };
    assert.deepEqual(
      Regions.map((region) => region['RegionId']),
      ['cn-hangzhou'],
    );
  });
});

describe('flow control of ECI', () => {
  it('throttles at the documented rate with status 400 and recovers after a minute', async () => {
    const world = await startEciWorld(eciFixture({ rateLimits: 'documented' }));
    try {
      for (let index = 0; index < 2000; index += 1) {
        await world.call('DescribeContainerGroups');
      }
      await assert.rejects(world.call('DescribeContainerGroups'), { code: 'Throttling', httpStatus: 400 });
      await world.pass(60_000);
      await world.call('DescribeContainerGroups');
    } finally {
      await world.stop();
    }
  });
});
