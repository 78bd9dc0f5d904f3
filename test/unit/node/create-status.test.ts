import assert from 'node:assert/strict';
import { createFailedStatus, heldStatus } from '../../../src/node/create-status.ts';
import type { Pod } from '../../../src/kube/types.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const pod: Pod = {
  metadata: { uid: 'u1' },
  spec: { containers: [{ name: 'web', image: 'nginx' }], restartPolicy: 'Always' },
};
const job: Pod = { ...pod, spec: { containers: [{ name: 'web', image: 'nginx' }], restartPolicy: 'Never' } };
const failure = { code: 'OperationDenied.NoStock', message: 'no stock', final: false } as const;

describe('the status of a Pod that is not created', () => {
  it('stays Pending while held, with the reason that kubectl prints and a condition that tells why', () => {
    const problems = [{ key: 'k8s.aliyun.com/acr-instance-ids', value: 'x', message: 'write cri-…' }];
    const status = heldStatus(
      pod,
      { kind: 'held', reason: 'InvalidAnnotation', problems, conditions: [], notes: [] },
      { final: false, nowMs: NOW },
    );
    assert.equal(status.phase, 'Pending');
    assert.equal(status.reason, 'ProviderFailed');
    assert.equal(status.containerStatuses, undefined, 'kubectl would print their waiting reason instead');
    const condition = status.conditions?.find((candidate) => candidate.type === 'ContainerInstanceCreated');
    assert.deepEqual([condition?.status, condition?.reason], ['False', 'InvalidAnnotation']);
    assert.match(condition?.message ?? '', /acr-instance-ids="x": write cri-…/);
  });

  it('fails a held Pod only where it asks to give up and is never restarted', () => {
    const held = { kind: 'held', reason: 'UnsupportedPodSpec', problems: [], conditions: [], notes: [] } as const;
    const outcome = { ...held, problems: [], conditions: [], notes: [] };
    assert.equal(heldStatus(job, outcome, { final: false, nowMs: NOW }).phase, 'Pending');
    assert.equal(heldStatus(job, outcome, { final: true, nowMs: NOW }).phase, 'Failed');
    assert.equal(heldStatus(pod, outcome, { final: true, nowMs: NOW }).phase, 'Pending');
  });

  it('shows a missing object as the kubelet does', () => {
    const status = heldStatus(
      pod,
      { kind: 'waiting', reason: 'Waiting', message: 'no ConfigMap', missing: [], notes: [] },
      { final: false, nowMs: NOW },
    );
    assert.equal(status.reason, undefined);
    assert.deepEqual(status.containerStatuses?.[0]?.state, {
      waiting: { reason: 'CreateContainerConfigError', message: 'no ConfigMap' },
    });
  });

  it('never fails because of a passing failure, also not a Pod that is never restarted', () => {
    const status = createFailedStatus(job, { ...failure, class: 'transient' }, NOW);
    assert.deepEqual([status.phase, status.reason], ['Pending', undefined]);
  });

  it('says that the instance could not be scheduled', () => {
    const status = createFailedStatus(pod, { ...failure, class: 'capacity' }, NOW);
    assert.deepEqual([status.phase, status.reason], ['Pending', 'ContainerInstanceScheduleFailed']);
    assert.equal(status.conditions?.[0]?.reason, 'OperationDeniedNoStock', 'reasons of conditions have no dots');
  });

  it('fails only a Pod that gives up and is never restarted: others would be replaced and spin', () => {
    assert.equal(createFailedStatus(job, { ...failure, class: 'capacity', final: true }, NOW).phase, 'Failed');
    assert.equal(createFailedStatus(pod, { ...failure, class: 'capacity', final: true }, NOW).phase, 'Pending');
  });
});
