import assert from 'node:assert/strict';

import type { CreateImageCacheRequest } from '../../../src/alibaba/eci-requests.ts';
import { parseImageCacheAnnotations } from '../../../src/annotations/parse-image-cache-annotations.ts';
import type { ImageCacheIntent } from '../../../src/annotations/types.ts';

function prefixed(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`k8s.aliyun.com/${key}`, value]));
}

function intentOf(annotations: Readonly<Record<string, string>>): ImageCacheIntent {
  const parsed = parseImageCacheAnnotations(prefixed(annotations));
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problems));
  return parsed.intent;
}

function keysOf(problems: readonly { key: string }[]): string[] {
  return problems.map(({ key }) => key.replace('k8s.aliyun.com/', ''));
}

describe('parseImageCacheAnnotations', () => {
  it('asks for nothing when there is no annotation', () => {
    assert.deepEqual(intentOf({}), { acrEntries: [], request: {}, warnings: [] });
  });

  describe('translates', () => {
    const cases: Record<string, [Record<string, string>, Partial<CreateImageCacheRequest>]> = {
      'the network': [
        {
          'vswitch-ids': 'vsw-a, vsw-b',
          'security-group-id': 'sg-a',
          'resource-group-id': 'rg-a',
          'eip-instance-id': 'eip-a',
        },
        { vSwitchId: 'vsw-a,vsw-b', securityGroupId: 'sg-a', resourceGroupId: 'rg-a', eipInstanceId: 'eip-a' },
      ],
      registries: [
        { 'plain-http-registry': 'a.example:5000', 'insecure-registry': 'b.example' },
        { plainHttpRegistry: 'a.example:5000', insecureRegistry: 'b.example' },
      ],
      'reuse and flash': [
        { 'imc-enable-reuse': 'True', 'imc-enable-flash': 'false' },
        { autoMatchImageCache: true, flash: false },
      ],
      'size and retention': [
        { 'imc-size': '25', 'imc-retention-days': '7' },
        { imageCacheSize: 25, retentionDays: 7 },
      ],
      'the operating system': [{ 'imc-os-type': 'Windows' }, { osType: 'Windows' }],
      'features that are asked to stay off to nothing': [{ 'auto-create-eip': 'false', 'imc-cpu-arch': 'AMD64' }, {}],
    };
    for (const [name, [annotations, request]] of Object.entries(cases)) {
      it(name, () => {
        const intent = intentOf(annotations);
        assert.deepEqual(intent.request, request);
        assert.deepEqual(intent.warnings, []);
      });
    }

    it('ACR annotations as on Pods', () => {
      assert.deepEqual(intentOf({ 'acr-instance-ids': 'cn-beijing:cri-a' }).acrEntries, [
        { regionId: 'cn-beijing', instanceId: 'cri-a' },
      ]);
    });
  });

  describe('refuses', () => {
    const cases: Record<string, [Record<string, string>, string[]]> = {
      'several security groups': [{ 'security-group-id': 'sg-a,sg-b' }, ['security-group-id']],
      'a size below 20': [{ 'imc-size': '19' }, ['imc-size']],
      'a size above 32768': [{ 'imc-size': '32769' }, ['imc-size']],
      'a size with a unit': [{ 'imc-size': '20Gi' }, ['imc-size']],
      'no retention': [{ 'imc-retention-days': '0' }, ['imc-retention-days']],
      'Arm caches': [{ 'imc-cpu-arch': 'arm64' }, ['imc-cpu-arch']],
      'a new EIP': [{ 'auto-create-eip': 'true' }, ['auto-create-eip']],
      'a new EIP and every detail of it': [
        { 'auto-create-eip': 'true', 'eip-bandwidth': '5', 'eip-isp': 'BGP' },
        ['auto-create-eip', 'eip-bandwidth', 'eip-isp'],
      ],
      'everything that is wrong at once': [
        { 'acr-user-arns': 'x', 'vswitch-ids': 'y', 'imc-enable-flash': 'z' },
        ['acr-user-arns', 'acr-user-arns', 'vswitch-ids', 'imc-enable-flash'],
      ],
    };
    for (const [name, [annotations, keys]] of Object.entries(cases)) {
      it(name, () => {
        const parsed = parseImageCacheAnnotations(prefixed(annotations));
        assert.deepEqual(parsed.ok ? [] : keysOf(parsed.problems), keys);
      });
    }
  });

  it('ignores details of an EIP that is not created, with warnings', () => {
    const companions = {
      'eip-bandwidth': '5',
      'eip-internet-charge-type': 'PayByTraffic',
      'eip-isp': 'BGP',
      'eip-common-bandwidth-package-id': 'cbwp-a',
    };
    assert.deepEqual(keysOf(intentOf(companions).warnings), Object.keys(companions));
    assert.deepEqual(keysOf(intentOf({ 'auto-create-eip': 'false', ...companions }).warnings), Object.keys(companions));
  });

  it('warns about the keys that Pods use for the same idea', () => {
    const { request, warnings } = intentOf({ 'eci-vswitch': 'vsw-a' });
    assert.deepEqual(request, {});
    assert.match(warnings[0]?.message ?? '', /k8s\.aliyun\.com\/vswitch-ids/);
  });
});
