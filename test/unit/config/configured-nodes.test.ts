import assert from 'node:assert/strict';
import { buildConfig } from '../../../src/config/build-config.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { configuredNodes } from '../../../src/config/configured-nodes.ts';
import { effectiveConfig } from '../../../src/config/effective-config.ts';
import type { Plain } from '../../../src/config/option.ts';
import type { Config } from '../../../src/config/options.ts';

const base = {
  regionId: 'cn-hangzhou',
  vswitchIds: ['vsw-a'],
  securityGroupId: 'sg-a',
  nodeLabels: { team: 'shop' },
  nodeCpu: '500',
};

function load(content: Readonly<Record<string, Plain>>, environment: Readonly<Record<string, string>> = {}): Config {
  return buildConfig({ flags: {}, environment, file: { path: 'config.yaml', content: { ...base, ...content } } })
    .config;
}

function problems(content: Readonly<Record<string, Plain>>): readonly string[] {
  try {
    load(content);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the nodes of a configuration', () => {
  it('are one, described by the options, unless several are given', () => {
    const [node, ...others] = configuredNodes(load({ nodeName: 'eci', nodeGpu: 2 }));
    assert.deepEqual(others, []);
    assert.equal(node?.name, 'eci');
    assert.deepEqual(node.vSwitchIds, ['vsw-a']);
    assert.equal(node.capacity['nvidia.com/gpu'], '2');
    assert.equal(node.kubeletPort, 10_250);
  });

  it('inherit what they leave out, add to the labels, replace the taints, and listen on ports of their own', () => {
    const nodes = configuredNodes(
      load({
        nodes: [
          { name: 'eci-h', zoneId: 'cn-hangzhou-h', vswitchIds: ['vsw-h'], labels: { pool: 'h' } },
          {
            name: 'eci-k',
            zoneId: 'cn-hangzhou-k',
            vswitchIds: ['vsw-k'],
            taints: ['dedicated=gpu:NoExecute'],
            cpu: '20',
            extendedResources: { 'aliyun.com/gpu-mem': '64' },
            kubeletPort: 20_250,
          },
        ],
      }),
    );
    assert.deepEqual(
      nodes.map(({ name, zoneId, vSwitchIds, kubeletPort }) => [name, zoneId, vSwitchIds, kubeletPort]),
      [
        ['eci-h', 'cn-hangzhou-h', ['vsw-h'], 10_250],
        ['eci-k', 'cn-hangzhou-k', ['vsw-k'], 20_250],
      ],
    );
    assert.deepEqual(nodes[0]?.labels, { team: 'shop', pool: 'h' });
    assert.equal(nodes[0]?.taints[0]?.key, 'virtual-kubelet.io/provider');
    assert.deepEqual(nodes[1]?.taints, [{ key: 'dedicated', value: 'gpu', effect: 'NoExecute' }]);
    assert.deepEqual([nodes[0]?.capacity['cpu'], nodes[1]?.capacity['cpu']], ['500', '20']);
    assert.equal(nodes[1]?.capacity['aliyun.com/gpu-mem'], '64');
  });

  it('can be told in a variable as JSON, and are shown as they were written', () => {
    const config = load({}, { ECI_KUBELET_NODES: '[{"name":"a","taints":["k=v:NoSchedule"]}]' });
    assert.deepEqual(effectiveConfig(config)['nodes'], [{ name: 'a', taints: ['k=v:NoSchedule'] }]);
  });

  const entry = { name: 'a' };
  const cases: Readonly<Record<string, readonly [Readonly<Record<string, Plain>>, readonly RegExp[]]>> = {
    'a name that is no name': [
      { nodes: [{ name: 'A_b' }] },
      [/^nodes in config.yaml, entry 1: name "A_b" is not accepted; give a DNS name/],
    ],
    'no name': [{ nodes: [entry, { cpu: '1' }] }, [/entry 2: name is required; give a DNS name/]],
    'a key with a typing error': [
      { nodes: [{ name: 'a', vSwitchId: ['vsw-a'] }] },
      [/entry 1: the key "vSwitchId" is not accepted.*vswitchIds/],
    ],
    'a taint without an effect': [
      { nodes: [{ name: 'a', taints: ['k=v'] }] },
      [/entry 1: taints .*"k=v".* is not accepted; give taints/],
    ],
    'an extended resource without a domain': [
      { nodes: [{ name: 'a', extendedResources: { gpu: '1' } }] },
      [/entry 1: extendedResources "gpu" is not accepted/],
    ],
    'no mapping': [{ nodes: ['a'] }, [/entry 1: "a" is not accepted; give a mapping with a name/]],
    'an empty list': [{ nodes: [] }, [/nodes in config.yaml: \[\] is not accepted; give 1 to 100 nodes/]],
    'a name twice': [{ nodes: [entry, { name: 'a' }] }, [/the name a is given more than once/]],
    'a port twice': [
      { nodes: [entry, { name: 'b', kubeletPort: 10_250 }] },
      [/the kubelet port 10250 is used more than once/],
    ],
    'a zone of another region': [
      { nodes: [{ name: 'a', zoneId: 'cn-beijing-a', vswitchIds: ['vsw-b'] }] },
      [/cn-beijing-a, the zone of a, is no zone of the region cn-hangzhou/],
    ],
    'a zone with the vSwitches of another': [
      { nodes: [{ name: 'a', zoneId: 'cn-hangzhou-k' }] },
      [/a is pinned to cn-hangzhou-k without vswitchIds of its own/],
    ],
  };
  for (const [what, [content, expected]] of Object.entries(cases)) {
    it(`are refused with ${what}`, () => {
      const found = problems(content);
      assert.equal(found.length, expected.length, found.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
    });
  }
});
