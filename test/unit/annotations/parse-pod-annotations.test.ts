import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import type { CreateContainerGroupRequest } from '../../../src/alibaba/eci-requests.ts';
import { annotationsOf } from '../../../src/annotations/annotation-table.ts';
import { parsePodAnnotations } from '../../../src/annotations/parse-pod-annotations.ts';
import type { PodContext } from '../../../src/annotations/rules/pod-rules.ts';
import type { PodIntent } from '../../../src/annotations/types.ts';

/** Adds the prefix to keys that have none. */
function prefixed(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.includes('/') ? key : `k8s.aliyun.com/${key}`, value]),
  );
}

function intentOf(annotations: Readonly<Record<string, string>>, context?: PodContext): PodIntent {
  const parsed = parsePodAnnotations(prefixed(annotations), context);
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problems));
  return parsed.intent;
}

function problemKeys(annotations: Readonly<Record<string, string>>, context?: PodContext): string[] {
  const parsed = parsePodAnnotations(prefixed(annotations), context);
  return parsed.ok ? [] : parsed.problems.map(({ key }) => key.replace('k8s.aliyun.com/', ''));
}

function warningKeys(intent: PodIntent): string[] {
  return intent.warnings.map(({ key }) => key.replace('k8s.aliyun.com/', ''));
}

describe('parsePodAnnotations', () => {
  it('asks for automatic image caches and nothing else when there is no annotation', () => {
    assert.deepEqual(intentOf({}), {
      acrEntries: [],
      request: { autoMatchImageCache: true },
      local: {
        failStrategy: 'fail-back',
        spotFallback: false,
        evictionEnable: false,
        waitClusterIpReady: false,
        imageCachePerfectMatch: false,
      },
      warnings: [],
    });
  });

  describe('translates', () => {
    const cases: Record<string, [Record<string, string>, Partial<CreateContainerGroupRequest>]> = {
      'a list of vSwitches, trimmed': [{ 'eci-vswitch': ' vsw-a , vsw-b ' }, { vSwitchId: 'vsw-a,vsw-b' }],
      'the schedule strategy in the case of one vendor page': [
        { 'eci-schedule-strategy': 'vSwitchOrdered' },
        { scheduleStrategy: 'VSwitchOrdered' },
      ],
      'mixed sizes': [{ 'eci-use-specs': '2-4Gi, 4-8Gi,ecs.c6.xlarge' }, { instanceType: '2-4Gi,4-8Gi,ecs.c6.xlarge' }],
      'sizes of one kind that mixes with no other': [
        { 'eci-use-specs': 'ecs.gn6i-c4g1.xlarge,ecs.gn7i-c8g1.2xlarge' },
        { instanceType: 'ecs.gn6i-c4g1.xlarge,ecs.gn7i-c8g1.2xlarge' },
      ],
      'compute categories in order': [
        { 'eci-compute-category': 'General, economy' },
        { computeCategory: ['general', 'economy'] },
      ],
      'a spot instance with a price': [
        { 'eci-spot-strategy': 'spotwithpricelimit', 'eci-spot-price-limit': '0.125', 'eci-spot-duration': '0' },
        { spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.125, spotDuration: 0 },
      ],
      'a GPU driver': [{ 'eci-gpu-driver-version': 'tesla=535' }, { gpuDriverVersion: 'tesla=535' }],
      'a full GPU driver version': [
        { 'eci-gpu-driver-version': 'tesla=470.82.01' },
        { gpuDriverVersion: 'tesla=470.82.01' },
      ],
      'CPU options': [
        { 'eci-cpu-option-core': '2', 'eci-cpu-option-ht': '1' },
        { cpuOptionsCore: 2, cpuOptionsThreadsPerCore: 1 },
      ],
      'the longest pending time': [{ 'eci-max-pending-minute': '1440' }, { maxPendingMinute: 1440 }],
      'image caches switched off': [{ 'eci-auto-imc': 'FALSE' }, { autoMatchImageCache: false }],
      'the old key of image caches': [{ 'eci-image-cache': 'false' }, { autoMatchImageCache: false }],
      'an image cache id': [
        { 'eci-imc-id': 'imc-2ze2kbf9l1onf03z1a2b' },
        { imageSnapshotId: 'imc-2ze2kbf9l1onf03z1a2b' },
      ],
      'the old key of an image cache id': [{ 'eci-image-snapshot-id': 'imc-a' }, { imageSnapshotId: 'imc-a' }],
      'registry hosts': [
        { 'plain-http-registry': 'harbor.example.com:5000, 10.0.0.1', 'insecure-registry': 'localhost:5000' },
        { plainHttpRegistry: 'harbor.example.com:5000,10.0.0.1', insecureRegistry: 'localhost:5000' },
      ],
      'a data cache': [
        {
          'eci-data-cache-bucket': 'default',
          'eci-data-cache-pl': 'pl1',
          'eci-data-cache-provisionedIops': '4000',
          'eci-data-cache-burstingEnabled': 'true',
        },
        {
          dataCacheBucket: 'default',
          dataCachePL: 'PL1',
          dataCacheProvisionedIops: 4000,
          dataCacheBurstingEnabled: true,
        },
      ],
      'several security groups': [{ 'eci-security-group': 'sg-a,sg-b' }, { securityGroupId: 'sg-a,sg-b' }],
      'an existing EIP': [
        { 'eci-eip-instanceid': 'eip-a', 'eip-common-bandwidth-package-id': 'cbwp-a' },
        { eipInstanceId: 'eip-a', eipCommonBandwidthPackage: 'cbwp-a' },
      ],
      'a new EIP': [
        { 'eci-with-eip': 'true', 'eip-bandwidth': '10', 'eip-isp': 'bgp_pro' },
        { autoCreateEip: true, eipBandwidth: 10, eipISP: 'BGP_PRO' },
      ],
      'an IPv6 address': [
        { 'eci-enable-ipv6': 'true', 'eci-ipv6-bandwidth-enable': 'true', 'eci-ipv6-bandwidth': '100M' },
        { ipv6AddressCount: 1, ipv6GatewayBandwidthEnable: true, ipv6GatewayBandwidth: '100' },
      ],
      'a bandwidth of IPv6 by itself': [
        { 'eci-enable-ipv6': 'true', 'eci-ipv6-bandwidth': '100' },
        { ipv6AddressCount: 1, ipv6GatewayBandwidth: '100' },
      ],
      'the old key of an IPv6 address': [{ 'eci-ipv6-count': '1' }, { ipv6AddressCount: 1 }],
      'IPv6 that is not wanted to nothing': [{ 'eci-enable-ipv6': 'false' }, {}],
      'addresses of its own': [
        { 'eci-private-ip-address': '172.16.0.10', 'eci-fixed-ip': 'true', 'eci-fixed-ip-retain-hour': '24' },
        { privateIpAddress: '172.16.0.10', fixedIp: 'true', fixedIpRetainHour: 24 },
      ],
      'bandwidth in powers of ten': [
        { 'kubernetes.io/ingress-bandwidth': '40M', 'kubernetes.io/egress-bandwidth': '1.5KB' },
        { ingressBandwidth: 40_000_000, egressBandwidth: 1500 },
      ],
      'bandwidth without a unit as bytes': [
        { 'kubernetes.io/egress-bandwidth': '1048576' },
        { egressBandwidth: 1_048_576 },
      ],
      'a DNS configuration': [
        {
          'eci-custom-dnsconfig':
            '{"nameservers":"10.0.0.2, 10.0.0.3","searches":"a.example,b.example","options":"ndots:2,edns0"}',
        },
        {
          dnsPolicy: 'None',
          dnsConfig: {
            nameServer: ['10.0.0.2', '10.0.0.3'],
            search: ['a.example', 'b.example'],
            option: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
          },
        },
      ],
      'a DNS configuration without name servers, keeping the policy of the Pod': [
        { 'eci-custom-dnsconfig': '{"searches":"a.example"}' },
        { dnsConfig: { search: ['a.example'] } },
      ],
      'hosts, grouped by address': [
        { 'eci-custom-hosts': '[{"host":"a","ip":"1.2.3.4"},{"host":"b","ip":"1.2.3.5"},{"host":"c","ip":"1.2.3.4"}]' },
        {
          hostAliase: [
            { ip: '1.2.3.4', hostname: ['a', 'c'] },
            { ip: '1.2.3.5', hostname: ['b'] },
          ],
        },
      ],
      'a RAM role': [{ 'eci-ram-role-name': 'log-writer' }, { ramRoleName: 'log-writer' }],
      'tags, split at the first colon': [
        { 'eci-custom-tags': 'env:test, url:a:b' },
        {
          tag: [
            { key: 'env', value: 'test' },
            { key: 'url', value: 'a:b' },
          ],
        },
      ],
      'extra storage': [{ 'eci-extra-ephemeral-storage': '20Gi' }, { ephemeralStorage: 20 }],
      'NTP servers': [{ 'eci-ntp-server': '10.10.5.1,10.10.5.2' }, { ntpServer: ['10.10.5.1', '10.10.5.2'] }],
      'a core pattern': [{ 'eci-core-pattern': '/data/dump/core' }, { corePattern: '/data/dump/core' }],
      'host sysctls': [
        { 'eci-host-sysctls': '[{"name":"net.core.somaxconn","value":"1024"}]' },
        { hostSecurityContext: { sysctl: [{ name: 'net.core.somaxconn', value: '1024' }] } },
      ],
      'refused features that are asked to stay off to nothing': [
        { 'eci-sls-enable': 'False', 'eci-ephemeral-storage-options': '{"encrypted":"false"}' },
        {},
      ],
      'empty values to nothing': [{ 'eci-vswitch': '', 'eci-spot-strategy': '  ', 'eci-privatepool-id': '' }, {}],
    };
    for (const [name, [annotations, request]] of Object.entries(cases)) {
      it(name, () => {
        const intent = intentOf(annotations);
        assert.deepEqual(intent.request, { autoMatchImageCache: true, ...request });
        assert.deepEqual(intent.warnings, []);
      });
    }
  });

  describe('keeps to itself', () => {
    const cases: Record<string, [Record<string, string>, Partial<PodIntent['local']>]> = {
      'fail-fast': [{ 'eci-fail-strategy': 'Fail-Fast' }, { failStrategy: 'fail-fast' }],
      'fail-over, which is fail-back': [{ 'eci-fail-strategy': 'fail-over' }, { failStrategy: 'fail-back' }],
      'the older fail-fast': [{ 'pod-fail-on-create-err': 'true' }, { failStrategy: 'fail-fast' }],
      'rescheduling, which is fail-back': [{ 'eci-reschedule-enable': 'true' }, { failStrategy: 'fail-back' }],
      'rescheduling switched off, which is the default': [{ 'eci-reschedule-enable': 'false' }, {}],
      'fallback from spot': [
        { 'eci-spot-strategy': 'SpotAsPriceGo', 'eci-spot-fallback': 'true' },
        { spotFallback: true },
      ],
      eviction: [{ 'eci-eviction-enable': 'true' }, { evictionEnable: true }],
      'waiting for ClusterIPs': [{ 'eci-wait-clusterip-ready': '*' }, { waitClusterIpReady: true }],
      'perfect matching': [{ 'imc-perfect-match': 'true' }, { imageCachePerfectMatch: true }],
      'the number of matching images': [{ 'imc-match-count-request': '2' }, { imageCacheMatchCount: 2 }],
    };
    for (const [name, [annotations, local]] of Object.entries(cases)) {
      it(name, () => {
        const intent = intentOf(annotations);
        assert.deepEqual(intent.local, { ...intentOf({}).local, ...local });
        assert.deepEqual(intent.request, { autoMatchImageCache: true, ...pick(intent.request, 'spotStrategy') });
      });
    }
  });

  describe('refuses', () => {
    const cases: Record<string, Record<string, string>> = {
      'a vSwitch id of another kind': { 'eci-vswitch': 'sg-a' },
      'eleven vSwitches': { 'eci-vswitch': Array.from({ length: 11 }, () => 'vsw-a').join(',') },
      'masked digits': { 'eci-vswitch': 'vsw-bp1xpiowfm5vo8o3c****' },
      'a vSwitch list with a trailing comma': { 'eci-vswitch': 'vsw-a,' },
      'six sizes': { 'eci-use-specs': '2-4Gi,2-4Gi,2-4Gi,2-4Gi,2-4Gi,2-4Gi' },
      'a size without unit': { 'eci-use-specs': '2-4' },
      'GPU types mixed with others': { 'eci-use-specs': 'ecs.gn6i-c4g1.xlarge,ecs.c6.large' },
      'Arm types mixed with others': { 'eci-use-specs': 'ecs.c8y.large,2-4Gi' },
      'local-disk types mixed with others': { 'eci-use-specs': 'ecs.i2.xlarge,ecs.c6.large' },
      'instance families': { 'eci-instance-family': 'ecs.c6, ecs.g6' },
      'instance generations': { 'eci-instance-generation': '-5,-4' },
      'an unknown spot strategy': { 'eci-spot-strategy': 'NoSpot' },
      'private pools': { 'eci-privatepool-matchcriteria': 'open' },
      'a private pool': { 'eci-privatepool-id': 'eap-a' },
      'a GPU driver without a version': { 'eci-gpu-driver-version': 'tesla' },
      'a pending time that is too short': { 'eci-max-pending-minute': '9' },
      'a word that is not a boolean': { 'eci-auto-imc': 'yes' },
      'a snapshot id': { 'eci-imc-id': 's-bp1' },
      'a registry with a scheme': { 'plain-http-registry': 'http://harbor.example.com' },
      'a registry with a path': { 'insecure-registry': 'harbor.example.com/library' },
      'six security groups': { 'eci-security-group': 'sg-a,sg-b,sg-c,sg-d,sg-e,sg-f' },
      'an IPv6 bandwidth out of range': { 'eci-ipv6-bandwidth': '2001' },
      'an IPv6 address as private address': { 'eci-private-ip-address': '::1' },
      'binary units of bandwidth': { 'kubernetes.io/ingress-bandwidth': '40Mi' },
      'a small m, which is a thousandth in Kubernetes': { 'kubernetes.io/ingress-bandwidth': '40m' },
      'no bandwidth at all': { 'kubernetes.io/egress-bandwidth': '0' },
      'a DNS configuration that is not JSON': { 'eci-custom-dnsconfig': 'nameservers: 1.1.1.1' },
      'a DNS configuration with an unknown member': { 'eci-custom-dnsconfig': '{"nameserver":"1.1.1.1"}' },
      'a host name as name server': { 'eci-custom-dnsconfig': '{"nameservers":"dns.example.com"}' },
      'hosts that are not a list': { 'eci-custom-hosts': '{"host":"a","ip":"1.2.3.4"}' },
      'hosts with a wrong address': { 'eci-custom-hosts': '[{"host":"a","ip":"1.2.3"}]' },
      'hosts without an address': { 'eci-custom-hosts': '[{"host":"a"}]' },
      'waiting for a named Service': { 'eci-wait-clusterip-ready': 'web' },
      'the ARN of an instance role': { 'eci-ram-role-name': 'acs:ram::1111111111111111:role/a' },
      'four tags': { 'eci-custom-tags': 'a:1,b:2,c:3,d:4' },
      'a tag without a value': { 'eci-custom-tags': 'env' },
      'a tag with a reserved key': { 'eci-custom-tags': 'aliyun-env:test' },
      'a tag with a reserved value': { 'eci-custom-tags': 'env:acs:test' },
      'a tag with an address': { 'eci-custom-tags': 'home:https://example.com' },
      'two tags of one key': { 'eci-custom-tags': 'a:1,a:2' },
      'storage in another unit': { 'eci-extra-ephemeral-storage': '20G' },
      'too much storage': { 'eci-extra-ephemeral-storage': '5001Gi' },
      'encrypted storage': { 'eci-ephemeral-storage-options': '{"encrypted":"true"}' },
      'log collection': { 'eci-sls-enable': 'true' },
      'a core pattern that pipes': { 'eci-core-pattern': '|/bin/dump' },
    };
    for (const [name, annotations] of Object.entries(cases)) {
      it(name, () => {
        assert.deepEqual(
          problemKeys(annotations),
          Object.keys(annotations).map((key) => key),
        );
      });
    }

    it('everything that is wrong at once', () => {
      assert.deepEqual(
        problemKeys({ 'acr-instance-ids': 'x', 'eci-vswitch': 'y', 'eci-with-eip': 'z', 'eci-sls-enable': 'true' }),
        ['acr-instance-ids', 'eci-vswitch', 'eci-with-eip', 'eci-sls-enable'],
      );
    });

    it('families with the remedy of explicit types', () => {
      const parsed = parsePodAnnotations(prefixed({ 'eci-instance-family': 'ecs.c6' }));
      assert.match(parsed.ok ? '' : (parsed.problems[0]?.message ?? ''), /eci-use-specs/);
    });

    it('an old key under the name that the author used', () => {
      assert.deepEqual(problemKeys({ 'eci-image-snapshot-id': 's-a' }), ['eci-image-snapshot-id']);
    });
  });

  describe('refuses the combination of', () => {
    const cases: Record<string, [Record<string, string>, string, PodContext?]> = {
      'a price limit strategy without a price': [{ 'eci-spot-strategy': 'SpotWithPriceLimit' }, 'eci-spot-strategy'],
      'spot and a small size': [
        { 'eci-spot-strategy': 'SpotAsPriceGo', 'eci-use-specs': '1-2Gi,2-4Gi' },
        'eci-spot-strategy',
      ],
      'spot and small containers': [{ 'eci-spot-strategy': 'SpotAsPriceGo' }, 'eci-spot-strategy', { cpuCores: 1 }],
      'spot and a compute category': [
        { 'eci-spot-strategy': 'SpotAsPriceGo', 'eci-compute-category': 'economy' },
        'eci-compute-category',
      ],
      'a compute category and an Arm node': [
        { 'eci-compute-category': 'economy' },
        'eci-compute-category',
        { cpuArchitecture: 'ARM64' },
      ],
      'a compute category and an Arm type': [
        { 'eci-compute-category': 'economy', 'eci-use-specs': 'ecs.g8y.large' },
        'eci-compute-category',
      ],
      'an existing and a new EIP': [{ 'eci-eip-instanceid': 'eip-a', 'eci-with-eip': 'true' }, 'eci-eip-instanceid'],
      'more matching images than there are images': [
        { 'imc-match-count-request': '3' },
        'imc-match-count-request',
        { imageCount: 2 },
      ],
      'the two older failure switches': [
        { 'eci-reschedule-enable': 'true', 'pod-fail-on-create-err': 'true' },
        'pod-fail-on-create-err',
      ],
    };
    for (const [name, [annotations, key, context]] of Object.entries(cases)) {
      it(name, () => {
        assert.deepEqual(problemKeys(annotations, context), [key]);
      });
    }

    it('a compute category and families, which are refused anyway', () => {
      assert.deepEqual(problemKeys({ 'eci-compute-category': 'economy', 'eci-instance-family': 'ecs.c6' }), [
        'eci-instance-family',
        'eci-compute-category',
      ]);
    });
  });

  describe('ignores with a warning', () => {
    const cases: Record<string, [Record<string, string>, string[]]> = {
      'a spot price without the strategy that needs it': [
        { 'eci-spot-strategy': 'SpotAsPriceGo', 'eci-spot-price-limit': '0.1' },
        ['eci-spot-price-limit'],
      ],
      'spot details without spot': [
        { 'eci-spot-duration': '1', 'eci-spot-fallback': 'true', 'eci-spot-price-limit': '0.1' },
        ['eci-spot-price-limit', 'eci-spot-duration', 'eci-spot-fallback'],
      ],
      'families and generations next to ECS types': [
        { 'eci-use-specs': 'ecs.c6.large', 'eci-instance-family': 'ecs.c6', 'eci-instance-generation': '6' },
        ['eci-instance-family', 'eci-instance-generation'],
      ],
      'details of an EIP that is not created': [
        {
          'eip-bandwidth': '5',
          'eip-isp': 'BGP',
          'eip-internet-charge-type': 'PayByTraffic',
          'eip-common-bandwidth-package-id': 'cbwp-a',
          'eip-public-ip-address-pool-id': 'pippool-a',
        },
        [
          'eip-bandwidth',
          'eip-common-bandwidth-package-id',
          'eip-isp',
          'eip-internet-charge-type',
          'eip-public-ip-address-pool-id',
        ],
      ],
      'IPv6 details without IPv6': [
        { 'eci-ipv6-bandwidth-enable': 'true', 'eci-ipv6-bandwidth': '100' },
        ['eci-ipv6-bandwidth-enable', 'eci-ipv6-bandwidth'],
      ],
      'a retention of an address that is not fixed': [
        { 'eci-fixed-ip-retain-hour': '1' },
        ['eci-fixed-ip-retain-hour'],
      ],
      'data cache details without a bucket': [{ 'eci-data-cache-pl': 'PL1' }, ['eci-data-cache-pl']],
      'a match count next to perfect matching': [
        { 'imc-perfect-match': 'true', 'imc-match-count-request': '1' },
        ['imc-match-count-request'],
      ],
      'matching next to an explicit cache': [
        { 'eci-imc-id': 'imc-a', 'imc-perfect-match': 'true' },
        ['imc-perfect-match'],
      ],
      'older failure switches next to the strategy': [
        { 'eci-fail-strategy': 'fail-fast', 'eci-reschedule-enable': 'true' },
        ['eci-reschedule-enable'],
      ],
      'an older key that differs': [{ 'eci-auto-imc': 'true', 'eci-image-cache': 'false' }, ['eci-image-cache']],
      'annotations of ImageCaches': [{ 'vswitch-ids': 'vsw-a', 'imc-size': '20' }, ['vswitch-ids', 'imc-size']],
      'the third name server': [
        { 'eci-custom-dnsconfig': '{"nameservers":"1.1.1.1,2.2.2.2,3.3.3.3"}' },
        ['eci-custom-dnsconfig'],
      ],
    };
    for (const [name, [annotations, keys]] of Object.entries(cases)) {
      it(name, () => {
        assert.deepEqual(warningKeys(intentOf(annotations)), keys);
      });
    }

    it('and leaves the ignored value out of the request', () => {
      assert.deepEqual(intentOf({ 'eci-spot-price-limit': '0.1', 'eip-bandwidth': '5' }).request, {
        autoMatchImageCache: true,
      });
      assert.equal(
        intentOf({ 'eci-fail-strategy': 'fail-fast', 'eci-reschedule-enable': 'true' }).local.failStrategy,
        'fail-fast',
      );
    });

    it('naming the key to use instead of a misplaced one', () => {
      const [warning] = intentOf({ 'vswitch-ids': 'vsw-a' }).warnings;
      assert.match(warning?.message ?? '', /k8s\.aliyun\.com\/eci-vswitch/);
    });
  });

  it('says nothing of an older key that agrees', () => {
    assert.deepEqual(intentOf({ 'eci-enable-ipv6': 'true', 'eci-ipv6-count': '1' }).warnings, []);
  });

  it('ignores unknown keys and keys that a provider wrote, silently', () => {
    const intent = intentOf({
      'eci-future': 'x',
      'eci-instance-id': 'eci-a',
      'eci-client-token': 'y',
      ProviderCreate: 'done',
    });
    assert.deepEqual(intent, intentOf({}));
  });

  it('hands on the ACR entries and their warnings', () => {
    const intent = intentOf({ 'acr-instance-ids': 'cri-a', 'acr-instance-id': 'cri-b' });
    assert.deepEqual(intent.acrEntries, [{ instanceId: 'cri-a' }]);
    assert.deepEqual(warningKeys(intent), ['acr-instance-id']);
    assert.equal(intent.request.acrRegistryInfo, undefined);
  });

  it('never throws, and keeps values to one line of at most 128 characters', () => {
    const keys = annotationsOf('Pod').flatMap(({ key, aliases = [] }) => [key, ...aliases.map((alias) => alias.key)]);
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom('constructor', '__proto__', '{"__proto__":""}'),
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constant('a\r\nb\u2028'.repeat(100)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), texts), (annotations) => {
        const parsed = parsePodAnnotations(annotations);
        const remarks = parsed.ok ? parsed.intent.warnings : parsed.problems;
        for (const { key, value, message } of remarks) {
          assert.ok(key in annotations);
          assert.ok(value.length <= 128);
          assert.doesNotMatch(value + message, /[\r\n\u2028\u2029]/);
        }
      }),
    );
  });
});

function pick(
  request: Partial<CreateContainerGroupRequest>,
  field: 'spotStrategy',
): Partial<CreateContainerGroupRequest> {
  return request[field] === undefined ? {} : { [field]: request[field] };
}
