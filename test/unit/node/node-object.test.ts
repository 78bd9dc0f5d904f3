import assert from 'node:assert/strict';
import { nodeMetadataPatch, isOwnNode } from '../../../src/node/node-metadata.ts';
import { buildNode, nodeAnnotations } from '../../../src/node/node-object.ts';
import { nodeConditions, withTimes } from '../../../src/node/node-conditions.ts';
import type { NodeSettings } from '../../../src/node/node-object.ts';

const settings: NodeSettings = {
  name: 'eci',
  labels: { team: 'shop' },
  taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }],
  capacity: { cpu: '10000', memory: '40Ti', pods: '5000' },
  regionId: 'cn-hangzhou',
  architecture: 'amd64',
  internalIp: '10.0.0.9',
  kubeletPort: 10250,
  kubernetesVersion: 'v1.20.2',
  productVersion: '0.1.0',
};
const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('the Node object', () => {
  it('carries the label contract, the taint, capacity and a version that parses', () => {
    const node = buildNode(settings, { ready: true, cloud: { reachable: true, message: '' } }, NOW);
    assert.equal(node.metadata?.labels?.['type'], 'virtual-kubelet');
    assert.equal(node.metadata?.labels?.['team'], 'shop');
    assert.equal(
      node.metadata?.labels?.['topology.kubernetes.io/zone'],
      undefined,
      'a node that spans zones claims none',
    );
    assert.deepEqual(node.spec?.taints, settings.taints);
    assert.deepEqual(node.status?.addresses, [{ type: 'InternalIP', address: '10.0.0.9' }]);
    assert.match(node.status?.nodeInfo?.kubeletVersion ?? '', /^v1\.20\.2-eci-0\.1\.0$/);
  });

  it('declares features to API servers that know the field, and sends no such field to others', () => {
    const statusAt = (kubernetesVersion: string): object =>
      buildNode({ ...settings, kubernetesVersion }, { ready: true }, NOW).status ?? {};
    assert.deepEqual(
      Object.entries(statusAt('v1.36.0')).find(([name]) => name === 'declaredFeatures'),
      ['declaredFeatures', ['ExtendWebSocketsToKubelet']],
    );
    assert.equal('declaredFeatures' in statusAt('v1.20.2'), false);
  });

  it('is not Ready while Pods cannot be served, and Ready although the cloud is away', () => {
    const starting = buildNode(settings, { ready: false }, NOW).status?.conditions ?? [];
    assert.equal(starting.find((condition) => condition.type === 'Ready')?.status, 'False');
    const away =
      buildNode(settings, { ready: true, cloud: { reachable: false, reason: 'ECIThrottled', message: 'busy' } }, NOW)
        .status?.conditions ?? [];
    assert.equal(away.find((condition) => condition.type === 'Ready')?.status, 'True');
    assert.equal(away.find((condition) => condition.type === 'ECIReachable')?.status, 'False');
  });

  it('moves a transition time only with the status', () => {
    const unknown = nodeConditions({ ready: true });
    const known = nodeConditions({ ready: true, cloud: { reachable: true, message: '' } });
    const before = withTimes(unknown, { nowMs: NOW, previous: undefined });
    const after = withTimes(known, { nowMs: NOW + 60_000, previous: before });
    const time = (type: string): string | undefined =>
      after.find((condition) => condition.type === type)?.lastTransitionTime;
    assert.equal(time('Ready'), '2026-01-01T00:00:00Z');
    assert.equal(time('ECIReachable'), '2026-01-01T00:01:00Z');
  });
});

describe('the reconciliation of labels and taints', () => {
  const registered = buildNode(settings, { ready: true }, NOW);

  it('writes nothing when everything is as configured', () => {
    assert.equal(nodeMetadataPatch(registered, settings), undefined);
  });

  it('leaves foreign taints and labels alone and takes own ones away that left the configuration', () => {
    const node = {
      ...registered,
      metadata: {
        ...registered.metadata,
        resourceVersion: '7',
        labels: { ...registered.metadata?.labels, foreign: 'x' },
      },
      spec: {
        taints: [...(registered.spec?.taints ?? []), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
      },
    };
    const patch = nodeMetadataPatch(node, { ...settings, taints: [], labels: {} });
    assert.deepEqual(patch, {
      metadata: {
        resourceVersion: '7',
        labels: { team: null },
        annotations: {
          [nodeAnnotations.ownTaints]: '',
          [nodeAnnotations.ownLabels]: registered.metadata?.annotations?.[nodeAnnotations.ownLabels]
            ?.replace(',team', '')
            .replace('team,', ''),
        },
      },
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    });
  });

  it('puts a taint back that somebody removed', () => {
    const node = { ...registered, spec: { taints: [] } };
    assert.deepEqual((nodeMetadataPatch(node, settings) as { spec?: unknown }).spec, { taints: settings.taints });
  });

  it('does not take a real node for its own', () => {
    assert.equal(isOwnNode({ metadata: { name: 'worker-1', labels: { 'kubernetes.io/os': 'linux' } } }), false);
    assert.equal(isOwnNode(registered), true);
  });
});
