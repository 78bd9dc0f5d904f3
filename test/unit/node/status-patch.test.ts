import assert from 'node:assert/strict';
import { statusPatch } from '../../../src/node/status-patch.ts';
import type { Pod, PodStatus } from '../../../src/kube/types.ts';

const container = {
  name: 'web',
  image: 'nginx',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
};

function podWith(status: PodStatus): Pod {
  return { metadata: { uid: 'u1', name: 'web', namespace: 'shop' }, status };
}

describe('lists of newer API servers', () => {
  const pod: Pod = { metadata: { uid: 'u1' }, status: { phase: 'Running', hostIP: '10.0.0.1' } };
  const desired = { phase: 'Running', hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.1' }] };
  it('are written', () => {
    assert.deepEqual(statusPatch(pod, desired)?.body, {
      metadata: { uid: 'u1' },
      status: { hostIPs: [{ ip: '10.0.0.1' }] },
    });
  });
  it('are left out for an API server that has dropped them before', () => {
    assert.equal(statusPatch(pod, desired, new Set(['hostIPs'])), undefined);
  });
});

describe('the status patch', () => {
  it('is absent when nothing differs, whatever the order of members', () => {
    const pod = podWith({
      phase: 'Pending',
      containerStatuses: [container],
      conditions: [{ type: 'Ready', status: 'False' }],
    });
    const desired: PodStatus = {
      conditions: [{ status: 'False', type: 'Ready' }],
      containerStatuses: [{ ...container }],
      phase: 'Pending',
    };
    assert.equal(statusPatch(pod, desired), undefined);
  });

  it('carries the UID as precondition and only what differs', () => {
    const pod = podWith({
      phase: 'Pending',
      containerStatuses: [container],
      conditions: [{ type: 'PodScheduled', status: 'True' }],
    });
    const patch = statusPatch(pod, { phase: 'Running', containerStatuses: [container] });
    assert.deepEqual(patch?.body, { metadata: { uid: 'u1' }, status: { phase: 'Running' } });
    assert.equal(patch?.urgency, 'now');
  });

  it('leaves conditions of others alone', () => {
    const pod = podWith({ phase: 'Running', conditions: [{ type: 'example.com/gate', status: 'True' }] });
    const patch = statusPatch(pod, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
    assert.deepEqual(patch?.body, {
      metadata: { uid: 'u1' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
  });

  it('corrects another writer of our conditions', () => {
    const pod = podWith({ phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'NodeNotReady' }] });
    const patch = statusPatch(pod, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
    assert.equal(patch?.urgency, 'now');
  });

  it('takes reason and message out of a condition that no longer has any, which the merge would keep', () => {
    const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'unready: [web]' }];
    const patch = statusPatch(podWith({ phase: 'Running', conditions }), {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
    });
    assert.deepEqual(patch?.body, {
      metadata: { uid: 'u1' },
      status: { conditions: [{ type: 'Ready', status: 'True', reason: null, message: null }] },
    });
  });

  it('clears the reason of a failure once it is over', () => {
    const pod = podWith({ phase: 'Pending', reason: 'ProviderFailed', message: 'no' });
    const patch = statusPatch(pod, { phase: 'Pending' });
    assert.deepEqual(patch?.body, { metadata: { uid: 'u1' }, status: { reason: null, message: null } });
  });

  it('never takes an address or a start time away', () => {
    const pod = podWith({ phase: 'Running', podIP: '10.0.0.1', startTime: '2026-01-01T00:00:00Z' });
    assert.equal(statusPatch(pod, { phase: 'Running' }), undefined);
  });

  it('replaces the list of addresses as a whole', () => {
    const pod = podWith({ phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] });
    const patch = statusPatch(pod, { phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }] });
    assert.deepEqual(patch?.body, {
      metadata: { uid: 'u1' },
      status: { podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }, { $patch: 'replace' }] },
    });
  });

  it('lets an address wait for the next write that matters', () => {
    const pod = podWith({ phase: 'Pending', containerStatuses: [container] });
    const patch = statusPatch(pod, {
      phase: 'Pending',
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }],
      containerStatuses: [container],
      conditions: [{ type: 'PodReadyToStartContainers', status: 'True' }],
    });
    assert.equal(patch?.urgency, 'soon');
  });

  it('lets an image id wait, which a poll shows alone between pull and start', () => {
    const pod = podWith({ phase: 'Pending', containerStatuses: [container] });
    const pulled = { ...container, imageID: 'sha256:1' };
    assert.equal(statusPatch(pod, { phase: 'Pending', containerStatuses: [pulled] })?.urgency, 'soon');
    const failing = { ...pulled, state: { waiting: { reason: 'ErrImagePull' } } };
    assert.equal(statusPatch(pod, { phase: 'Pending', containerStatuses: [failing] })?.urgency, 'now');
  });
});
