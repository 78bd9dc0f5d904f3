import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { classifyRegistryHost, type RegistryHost } from '../../../src/images/registry-host.ts';

const enterprise = (
  instanceName: string,
  network: 'public' | 'vpc' | 'internal',
  regionId = 'cn-hangzhou',
): RegistryHost => ({
  kind: 'enterprise',
  instanceName,
  network,
  regionId,
});
const personal = (network: 'public' | 'vpc' | 'internal', regionId: string): RegistryHost => ({
  kind: 'personal',
  network,
  regionId,
});

const hosts: Record<string, RegistryHost> = {
  'demo-registry.cn-hangzhou.cr.aliyuncs.com': enterprise('demo', 'public'),
  'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com': enterprise('demo', 'vpc'),
  'demo-registry-internal.cn-hangzhou.cr.aliyuncs.com': enterprise('demo', 'internal'),
  'demo-registry.distributed.cn-hangzhou.cr.aliyuncs.com': enterprise('demo', 'public'),
  'DEMO-Registry.CN-Hangzhou.cr.aliyuncs.com': enterprise('demo', 'public'),
  'demo-registry.cn-hangzhou.cr.aliyuncs.com:443': enterprise('demo', 'public'),
  'my-app-vpc-registry.cn-hangzhou.cr.aliyuncs.com': enterprise('my-app-vpc', 'public'),
  'a-registry-registry-vpc.cn-hangzhou.cr.aliyuncs.com': enterprise('a-registry', 'vpc'),
  'a-registry-vpc-registry.cn-hangzhou.cr.aliyuncs.com': enterprise('a-registry-vpc', 'public'),
  'demo-registry.cn-shanghai-finance-1.cr.aliyuncs.com': enterprise('demo', 'public', 'cn-shanghai-finance-1'),
  'demo-registry.ap-southeast-1.cr.aliyuncs.com': enterprise('demo', 'public', 'ap-southeast-1'),
  'registry.cn-hangzhou.aliyuncs.com': personal('public', 'cn-hangzhou'),
  'registry-vpc.cn-beijing.aliyuncs.com': personal('vpc', 'cn-beijing'),
  'registry-internal.cn-beijing.aliyuncs.com': personal('internal', 'cn-beijing'),
  'registry-intl.ap-southeast-1.aliyuncs.com': personal('public', 'ap-southeast-1'),
  'registry-intl-vpc.ap-southeast-1.aliyuncs.com': personal('vpc', 'ap-southeast-1'),
  'crpi-abcd1234efgh5678.cn-hangzhou.personal.cr.aliyuncs.com': {
    kind: 'personal-dedicated',
    instanceId: 'crpi-abcd1234efgh5678',
    network: 'public',
    regionId: 'cn-hangzhou',
  },
  'crpi-abcd1234efgh5678-vpc.cn-hangzhou.personal.cr.aliyuncs.com': {
    kind: 'personal-dedicated',
    instanceId: 'crpi-abcd1234efgh5678',
    network: 'vpc',
    regionId: 'cn-hangzhou',
  },
};

const strangers: Record<string, string> = {
  'a suffix after the real name': 'registry.cn-hangzhou.aliyuncs.com.evil.com',
  'a suffix after an Enterprise name': 'demo-registry.cn-hangzhou.cr.aliyuncs.com.evil.com',
  'a prefix before the domain without a dot': 'demo-registry.cn-hangzhou.cr.evilaliyuncs.com',
  'a look-alike of the second level': 'demo-registry.cn-hangzhou.cr-aliyuncs.com',
  'a trailing dot': 'registry.cn-hangzhou.aliyuncs.com.',
  'another port': 'demo-registry.cn-hangzhou.cr.aliyuncs.com:5000',
  'a port that only ends like 443': 'demo-registry.cn-hangzhou.cr.aliyuncs.com:8443',
  'a further label before the name': 'evil.demo-registry.cn-hangzhou.cr.aliyuncs.com',
  'a further label before a Personal name': 'evil.registry.cn-hangzhou.aliyuncs.com',
  'an Enterprise name without cr': 'foo-registry.cn-hangzhou.aliyuncs.com',
  'an OSS bucket called registry': 'registry.oss-cn-hangzhou.aliyuncs.com',
  'an OSS bucket called registry-vpc': 'registry-vpc.oss-cn-hangzhou-internal.aliyuncs.com',
  'layers in an OSS bucket': 'cri-abc-registry.oss-cn-hangzhou.aliyuncs.com',
  'a registry without a name': '-registry.cn-hangzhou.cr.aliyuncs.com',
  'a Helm chart endpoint': 'demo-chart.cn-hangzhou.cr.aliyuncs.com',
  'the API of the registry service': 'cr.cn-hangzhou.aliyuncs.com',
  'the classic network of a dedicated Personal domain': 'crpi-abc-internal.cn-hangzhou.personal.cr.aliyuncs.com',
  'a line break': 'registry.cn-hangzhou.aliyuncs.com\nevil.com',
  'user info': 'user@registry.cn-hangzhou.aliyuncs.com',
  'a name that DNS cannot hold': `${'a'.repeat(250)}-registry.cn-hangzhou.cr.aliyuncs.com`,
  'a custom domain': 'images.example.com',
  'Docker Hub': 'docker.io',
  'an address': '127.0.0.1:5000',
  nothing: '',
};

describe('classifyRegistryHost', () => {
  for (const [host, expected] of Object.entries(hosts)) {
    it(`recognises ${host}`, () => assert.deepEqual(classifyRegistryHost(host), expected));
  }

  for (const [what, host] of Object.entries(strangers)) {
    it(`takes ${what} for no ACR host`, () => assert.deepEqual(classifyRegistryHost(host), { kind: 'other' }));
  }

  const known = fc.constantFrom(...Object.keys(hosts).filter((host) => !host.includes(':')));

  it('takes nothing with text after the name for an ACR host', () => {
    fc.assert(
      fc.property(known, fc.string({ minLength: 1, maxLength: 20 }), (host, suffix) => {
        fc.pre(suffix !== ':443');
        assert.equal(classifyRegistryHost(`${host}${suffix}`).kind, 'other');
      }),
    );
  });

  it('finds the name of any instance, also one that contains -registry or ends in -vpc', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,6}(-registry|-vpc|-internal|-[a-z0-9]{1,5}){0,3}$/);
    fc.assert(
      fc.property(name, fc.constantFrom('', '-vpc', '-internal'), (instanceName, suffix) => {
        const host = classifyRegistryHost(`${instanceName}-registry${suffix}.cn-beijing.cr.aliyuncs.com`);
        assert.equal(host.kind === 'enterprise' ? host.instanceName : undefined, instanceName);
      }),
    );
  });
});
