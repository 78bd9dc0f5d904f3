import assert from 'node:assert/strict';
import { imagesOf, podFacts } from '../../../../src/cli/check/pod-facts.ts';
import { isOnVirtualNode, reportVirtualNode } from '../../../../src/cli/check/virtual-node.ts';
import type { Pod } from '../../../../src/kube/types.ts';

const image = 'demo-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1';
const settings = { credentialDelivery: 'resolve', regionId: 'cn-hangzhou' } as const;

function pod(change: { spec?: object; status?: object; annotations?: Record<string, string> } = {}): Pod {
  const { spec, status, annotations = {} } = change;
  const containers = [{ name: 'web', image }];
  return {
    metadata: { name: 'web-1', namespace: 'team-a', annotations },
    spec: { containers, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

describe('what a Pod says of its images', () => {
  it('names each once, in the order of the pulls', () => {
    const spec = {
      initContainers: [{ name: 'init', image: 'b' }],
      containers: [
        { name: 'x', image: 'a' },
        { name: 'y', image: 'b' },
      ],
    };
    assert.deepEqual(imagesOf(pod({ spec })), ['b', 'a']);
    assert.deepEqual(podFacts(pod({ spec }), 'b').containers, ['init', 'y']);
  });

  it('has what the kubelet waits for, without secrets', () => {
    const message = 'asked https://user:CANARY@registry/v2/';
    const state = { waiting: { reason: 'ErrImagePull', message } };
    const status = { containerStatuses: [{ name: 'web', imageID: '', state }] };
    const facts = podFacts(pod({ status }), image);
    assert.equal(facts.waiting[0]?.reason, 'ErrImagePull');
    assert.doesNotMatch(JSON.stringify(facts), /CANARY/);
    assert.equal(facts.pulled, false);
  });

  it('has what the kubelet said before it went into back-off', () => {
    const state = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };
    const status = { containerStatuses: [{ name: 'web', imageID: '', state }] };
    const event = (message: string, container = 'web') => ({
      reason: 'Failed',
      message,
      count: 1,
      lastSeen: '',
      fieldPath: `spec.containers{${container}}`,
    });
    const events = [
      event('Error: ImagePullBackOff'),
      event(`Failed to pull image "${image}": other container`, 'side'),
      event(`Failed to pull image "${image}": lookup: no such host`),
      event(`Failed to pull image "${image}": older`),
    ];
    const said = podFacts(pod({ status }), image, events).waiting[0]?.message;
    assert.equal(said, `Failed to pull image "${image}": lookup: no such host`);
    assert.equal(podFacts(pod({ status }), image).waiting[0]?.message, 'Back-off pulling image');
  });

  it('counts as pulled once a container has started', () => {
    const status = { containerStatuses: [{ name: 'web', imageID: 'sha256:1', state: { running: {} } }] };
    assert.equal(podFacts(pod({ status }), image).pulled, true);
  });
});

describe('a Pod on a virtual node', () => {
  it('is known by the label of the node, or by what it asks for while it has none', () => {
    const node = (labels: Record<string, string>) => ({ kind: 'seen', value: { metadata: { labels } } }) as const;
    const wants = pod({ spec: { nodeSelector: { type: 'virtual-kubelet' } } });
    assert.equal(isOnVirtualNode(pod(), node({ type: 'virtual-kubelet' })), true);
    assert.equal(isOnVirtualNode(wants, node({})), false);
    assert.equal(isOnVirtualNode(wants, undefined), true);
    assert.equal(isOnVirtualNode(wants, { kind: 'hidden', why: '403' }), true);
    assert.equal(isOnVirtualNode(pod(), undefined), false);
  });

  it('has the chains of its annotations, and its condition decides', () => {
    const annotations = { 'k8s.aliyun.com/acr-instance-ids': 'cri-demo' };
    const before = reportVirtualNode(pod({ annotations }), settings);
    assert.equal(before.verdict, 'unknown');
    assert.deepEqual(before.hosts[0]?.chains, [['own identity', 'instance cri-demo in cn-hangzhou']]);
    for (const [status, verdict] of Object.entries({ True: 'yes', False: 'no', Unknown: 'unknown' })) {
      const conditions = [{ type: 'ImageCredentials', status, reason: 'R', message: 'M' }];
      const report = reportVirtualNode(pod({ annotations, status: { conditions } }), settings);
      assert.deepEqual([report.verdict, report.condition], [verdict, { status, reason: 'R', message: 'M' }]);
    }
  });

  it('needs no condition when there is no chain to run', () => {
    assert.equal(reportVirtualNode(pod(), settings).verdict, 'anonymous');
  });

  it('cannot pull with annotations or images that are wrong', () => {
    const annotations = { 'k8s.aliyun.com/acr-user-arns': 'acs:ram::1:role/x' };
    const wrong = reportVirtualNode(pod({ annotations }), settings);
    assert.equal(wrong.verdict, 'no');
    assert.match(wrong.problems.join(), /acr-service-arns/);
    const spec = { containers: [{ name: 'web', image: 'Bad Image' }] };
    assert.match(reportVirtualNode(pod({ spec }), settings).problems.join(), /white space/);
  });
});
