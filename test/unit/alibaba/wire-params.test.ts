import assert from 'node:assert/strict';
import { secretsIn, toWireParams } from '../../../src/alibaba/wire-params.ts';
import { containerGroupParams, describeParams, imageCacheParams } from '../../../src/alibaba/eci-wire.ts';
import type { CreateContainerGroupRequest } from '../../../src/alibaba/eci-requests.ts';
import { Secret } from '../../../src/secret.ts';

const minimal = { regionId: 'cn-hangzhou', containerGroupName: 'web', clientToken: 't', container: [] };

function params(members: Partial<CreateContainerGroupRequest>): Record<string, string> {
  const { RegionId, ContainerGroupName, ClientToken, ...others } = containerGroupParams({ ...minimal, ...members });
  assert.deepEqual([RegionId, ContainerGroupName, ClientToken], ['cn-hangzhou', 'web', 't']);
  return others;
}

describe('wire form of CreateContainerGroup', () => {
  const cases: Record<string, [Partial<CreateContainerGroupRequest>, Record<string, string>]> = {
    'registry entries with domains and roles': [
      {
        acrRegistryInfo: [
          {
            instanceId: 'cri-1',
            regionId: 'cn-beijing',
            domain: ['a.example.com', 'b.example.com'],
            arnService: 'acs:ram::1:role/a',
            arnUser: 'acs:ram::2:role/b',
          },
          { arnService: 'acs:ram::1:role/c' },
        ],
      },
      {
        'AcrRegistryInfo.1.InstanceId': 'cri-1',
        'AcrRegistryInfo.1.RegionId': 'cn-beijing',
        'AcrRegistryInfo.1.Domain.1': 'a.example.com',
        'AcrRegistryInfo.1.Domain.2': 'b.example.com',
        'AcrRegistryInfo.1.ArnService': 'acs:ram::1:role/a',
        'AcrRegistryInfo.1.ArnUser': 'acs:ram::2:role/b',
        'AcrRegistryInfo.2.ArnService': 'acs:ram::1:role/c',
      },
    ],
    'registry credentials, revealed': [
      { imageRegistryCredential: [{ server: 's', userName: 'u', password: new Secret('p:w') }] },
      {
        'ImageRegistryCredential.1.Server': 's',
        'ImageRegistryCredential.1.UserName': 'u',
        'ImageRegistryCredential.1.Password': 'p:w',
      },
    ],
    'containers with lists, probes and flat handlers': [
      {
        container: [
          {
            name: 'c',
            image: 'i',
            arg: ['x', ''],
            cpu: 0.25,
            livenessProbe: { httpGet: { port: 80 }, exec: { command: ['true'] } },
            lifecyclePostStartHandlerExec: ['a'],
            securityContext: { runAsUser: 0, capability: { add: ['NET_ADMIN'] } },
            stdin: false,
          },
        ],
      },
      {
        'Container.1.Name': 'c',
        'Container.1.Image': 'i',
        'Container.1.Arg.1': 'x',
        'Container.1.Arg.2': '',
        'Container.1.Cpu': '0.25',
        'Container.1.LivenessProbe.HttpGet.Port': '80',
        'Container.1.LivenessProbe.Exec.Command.1': 'true',
        'Container.1.LifecyclePostStartHandlerExec.1': 'a',
        'Container.1.SecurityContext.RunAsUser': '0',
        'Container.1.SecurityContext.Capability.Add.1': 'NET_ADMIN',
        'Container.1.Stdin': 'false',
      },
    ],
    'volumes, with the one irregular name': [
      {
        volume: [
          { name: 'n', type: 'NFSVolume', nfsVolume: { server: 'h', path: '/', readOnly: true } },
          {
            name: 'f',
            type: 'ConfigFileVolume',
            configFileVolume: { configFileToPath: [{ path: 'a', content: 'YQ==', mode: 644 }] },
          },
        ],
      },
      {
        'Volume.1.Name': 'n',
        'Volume.1.Type': 'NFSVolume',
        'Volume.1.NFSVolume.Server': 'h',
        'Volume.1.NFSVolume.Path': '/',
        'Volume.1.NFSVolume.ReadOnly': 'true',
        'Volume.2.Name': 'f',
        'Volume.2.Type': 'ConfigFileVolume',
        'Volume.2.ConfigFileVolume.ConfigFileToPath.1.Path': 'a',
        'Volume.2.ConfigFileVolume.ConfigFileToPath.1.Content': 'YQ==',
        'Volume.2.ConfigFileVolume.ConfigFileToPath.1.Mode': '644',
      },
    ],
    'the odd spellings of the service': [
      {
        vSwitchId: 'vsw-1,vsw-2',
        eipISP: 'BGP',
        hostAliase: [{ ip: '10.0.0.1', hostname: ['a'] }],
        dnsConfig: { nameServer: ['1.1.1.1'], option: [{ name: 'ndots', value: '5' }] },
        dataCachePL: 'PL1',
        ipv6AddressCount: 1,
        securityContext: { sysctl: [{ name: 'a', value: 'b' }] },
      },
      {
        VSwitchId: 'vsw-1,vsw-2',
        EipISP: 'BGP',
        'HostAliase.1.Ip': '10.0.0.1',
        'HostAliase.1.Hostname.1': 'a',
        'DnsConfig.NameServer.1': '1.1.1.1',
        'DnsConfig.Option.1.Name': 'ndots',
        'DnsConfig.Option.1.Value': '5',
        DataCachePL: 'PL1',
        Ipv6AddressCount: '1',
        'SecurityContext.Sysctl.1.Name': 'a',
        'SecurityContext.Sysctl.1.Value': 'b',
      },
    ],
    'tags without a value, which are sent empty': [
      { tag: [{ key: 'k', value: '' }] },
      { 'Tag.1.Key': 'k', 'Tag.1.Value': '' },
    ],
    'nothing for empty lists': [{ tag: [], initContainer: [] }, {}],
  };
  for (const [name, [members, expected]] of Object.entries(cases)) {
    it(`has ${name}`, () => assert.deepEqual(params(members), expected));
  }
});

describe('wire form in general', () => {
  it('is the same byte for byte whatever order the request was put together in', () => {
    const one = toWireParams({ b: { y: 1, x: 2 }, a: ['p'] });
    const other = toWireParams({ a: ['p'], b: { x: 2, y: 1 } });
    assert.equal(JSON.stringify(one), JSON.stringify(other));
  });

  it('leaves out absent members and writes small and large numbers without exponents', () => {
    assert.deepEqual(toWireParams({ a: undefined, b: null, c: 1e-7, d: 2 ** 53 }), {
      C: '0.0000001',
      D: '9007199254740992',
    });
  });

  it('refuses numbers that are none', () => {
    assert.throws(() => toWireParams({ container: [{ cpu: Number.NaN }] }), {
      code: 'InvalidRequest',
      message: /Container\.1\.Cpu/,
    });
  });

  it('finds every secret of a request', () => {
    const found = secretsIn({ a: [{ password: new Secret('x') }], b: { c: new Secret('y') }, d: 1, e: undefined });
    assert.deepEqual(
      found.map((secret) => secret.reveal()),
      ['x', 'y'],
    );
  });

  it('names image cache members as the service does', () => {
    const request = {
      regionId: 'r',
      imageCacheName: 'n',
      clientToken: 't',
      image: ['a', 'b'],
      retentionDays: 7,
      flash: true,
    };
    assert.deepEqual(imageCacheParams(request), {
      RegionId: 'r',
      ImageCacheName: 'n',
      ClientToken: 't',
      'Image.1': 'a',
      'Image.2': 'b',
      RetentionDays: '7',
      Flash: 'true',
    });
  });

  it('sends container group ids as one JSON text and no empty page token', () => {
    assert.deepEqual(
      describeParams({ regionId: 'r', containerGroupIds: ['eci-1', 'eci-2'], nextToken: '', limit: 20 }),
      {
        RegionId: 'r',
        ContainerGroupIds: '["eci-1","eci-2"]',
        Limit: '20',
      },
    );
  });
});
