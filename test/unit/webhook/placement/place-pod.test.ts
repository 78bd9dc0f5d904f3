import assert from 'node:assert/strict';
import type { Pod } from '../../../../src/kube/types.ts';
import { asksForEci, placePod, type Placement } from '../../../../src/webhook/placement/place-pod.ts';
import { applyJsonPatch } from '../../../support/apply-json-patch.ts';
import { aPod } from '../../../support/pod-builder.ts';

const placement: Placement = {
  taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }],
  nodeSelector: { type: 'virtual-kubelet' },
};
const ours = { key: 'virtual-kubelet.io/provider', operator: 'Equal', value: 'alibabacloud', effect: 'NoSchedule' };

function placed(pod: Pod, by: Placement = placement): Pod | string {
  const decision = placePod(pod, by);
  return decision.do === 'place' ? applyJsonPatch(pod, decision.patch) : decision.why;
}

describe('placePod', () => {
  const places: Readonly<Record<string, { spec?: Partial<Pod['spec']>; selector?: object; tolerations?: object[] }>> = {
    'a Pod that says nothing': {},
    'a Pod with tolerations of its own': {
      spec: { tolerations: [{ key: 'x', operator: 'Exists' }] },
      tolerations: [{ key: 'x', operator: 'Exists' }, ours],
    },
    'a Pod that tolerates the node already': {
      spec: { tolerations: [{ key: ours.key, operator: 'Exists' }] },
      tolerations: [{ key: ours.key, operator: 'Exists' }],
    },
    'a Pod that tolerates everything': {
      spec: { tolerations: [{ operator: 'Exists' }] },
      tolerations: [{ operator: 'Exists' }],
    },
    'a Pod that tolerates the same key with another value': {
      spec: { tolerations: [{ key: ours.key, operator: 'Equal', value: 'azure', effect: 'NoSchedule' }] },
      tolerations: [{ key: ours.key, operator: 'Equal', value: 'azure', effect: 'NoSchedule' }, ours],
    },
    'a Pod that tolerates another effect': {
      spec: { tolerations: [{ key: ours.key, operator: 'Exists', effect: 'NoExecute' }] },
      tolerations: [{ key: ours.key, operator: 'Exists', effect: 'NoExecute' }, ours],
    },
    'a Pod that chooses the virtual node itself': { spec: { nodeSelector: { type: 'virtual-kubelet' } } },
    'a Pod that asks for an architecture and a zone': {
      spec: { nodeSelector: { 'kubernetes.io/arch': 'arm64', 'topology.kubernetes.io/zone': 'cn-hangzhou-k' } },
      selector: {
        'kubernetes.io/arch': 'arm64',
        'topology.kubernetes.io/zone': 'cn-hangzhou-k',
        type: 'virtual-kubelet',
      },
    },
    'a Pod that only prefers certain nodes': {
      spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } },
    },
  };
  for (const [name, { spec = {}, selector = { type: 'virtual-kubelet' }, tolerations = [ours] }] of Object.entries(
    places,
  )) {
    it(`places ${name}, and has nothing to add the second time`, () => {
      const pod = placed(aPod({ spec }));
      assert.ok(typeof pod !== 'string', typeof pod);
      assert.deepEqual(pod.spec?.nodeSelector, selector);
      assert.deepEqual(pod.spec?.tolerations, tolerations);
      assert.deepEqual(placePod(pod, placement), { do: 'place', patch: [] });
    });
  }

  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } };
  const leaves: Readonly<Record<string, { pod: Pod; why: RegExp; warns: boolean }>> = {
    'a Pod that is bound': { pod: aPod({ spec: { nodeName: 'node-1' } }), why: /bound/, warns: false },
    'a Pod of a DaemonSet': {
      pod: aPod({ metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'a', uid: 'b' }] } }),
      why: /DaemonSet/,
      warns: false,
    },
    'a mirror of a static Pod': {
      pod: aPod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }),
      why: /static/,
      warns: false,
    },
    'a Pod that selects other nodes': {
      pod: aPod({ spec: { nodeSelector: { disktype: 'ssd' } } }),
      why: /disktype=ssd/,
      warns: true,
    },
    'a Pod that selects a type of node that is not ours': {
      pod: aPod({ spec: { nodeSelector: { type: 'gpu' } } }),
      why: /type=gpu/,
      warns: true,
    },
    'a Pod with a required node affinity': {
      pod: aPod({ spec: { affinity: { nodeAffinity: required } } }),
      why: /affinity/,
      warns: true,
    },
  };
  for (const [name, { pod, why, warns }] of Object.entries(leaves)) {
    it(`leaves ${name} alone`, () => {
      const decision = placePod(pod, placement);
      assert.equal(decision.do, 'leave');
      if (decision.do !== 'leave') return;
      assert.match(decision.why, why);
      assert.equal(decision.warning !== undefined, warns);
    });
  }

  it('sets annotations and labels of the profile that the Pod lacks, and no others', () => {
    const effects = {
      annotations: { 'k8s.aliyun.com/eci-vswitch': 'vsw-profile', 'a/b~c': 'new' },
      labels: { team: 'profile', constructor: 'text' },
    };
    const before = aPod({
      annotations: { 'k8s.aliyun.com/eci-vswitch': 'vsw-own' },
      metadata: { labels: { app: 'web' } },
    });
    const pod = placed(before, { ...placement, effects });
    assert.ok(typeof pod !== 'string');
    assert.deepEqual(pod.metadata?.annotations, { 'k8s.aliyun.com/eci-vswitch': 'vsw-own', 'a/b~c': 'new' });
    assert.deepEqual(pod.metadata?.labels, { app: 'web', team: 'profile', constructor: 'text' });
  });

  it('tolerates every taint of the node, also one without a value', () => {
    const pod = placed(aPod(), {
      ...placement,
      taints: [...placement.taints, { key: 'k', value: '', effect: 'NoExecute' }],
    });
    assert.ok(typeof pod !== 'string');
    assert.deepEqual(pod.spec?.tolerations, [ours, { key: 'k', operator: 'Equal', effect: 'NoExecute' }]);
  });
});

describe('asksForEci', () => {
  const cases: readonly [labels: Record<string, string>, namespaceAsks: boolean, asks: boolean][] = [
    [{}, false, false],
    [{}, true, true],
    [{ 'alibabacloud.com/eci': 'true' }, false, true],
    [{ 'alibabacloud.com/eci': 'false' }, true, false],
    [{ eci: 'true' }, false, true],
    [{ eci: 'false' }, true, false],
    [{ 'alibabacloud.com/eci': 'false', eci: 'true' }, true, false],
    [{ 'alibabacloud.com/eci': 'true', eci: 'false' }, false, true],
    [{ 'alibabacloud.com/eci': 'yes' }, true, true],
    [{ 'alibabacloud.com/eci': 'yes' }, false, false],
  ];
  for (const [labels, namespaceAsks, asks] of cases) {
    it(`says ${asks} to ${JSON.stringify(labels)} in a namespace that ${namespaceAsks ? 'asks' : 'does not'}`, () => {
      assert.equal(asksForEci(aPod({ metadata: { labels } }), namespaceAsks), asks);
    });
  }
});
