import assert from 'node:assert/strict';
import { mergeObservation, newInstance } from '../../../../src/eci/instance/merge-observation.ts';

const fresh = newInstance({ uid: 'u', namespace: 'ns', name: 'n', instanceId: 'eci-1' });
const seen = (observedAtMs: number, groupStatus: string): Parameters<typeof mergeObservation>[1] => ({
  containerGroupId: 'eci-1',
  observedAtMs,
  groupStatus,
});

describe('mergeObservation', () => {
  it('ignores an answer that was asked for before the last one', () => {
    const newer = mergeObservation(fresh, seen(2, 'Running'));
    assert.equal(mergeObservation(newer, seen(1, 'Pending')), newer);
  });

  it('does not bring a group that has ended back to life', () => {
    const ended = mergeObservation(fresh, seen(1, 'Succeeded'));
    assert.equal(mergeObservation(ended, seen(2, 'Running')).phase, 'terminal');
  });

  it('keeps what an answer does not tell', () => {
    const first = mergeObservation(fresh, {
      ...seen(1, 'Running'),
      podIps: ['10.0.0.1'],
      initContainers: [{ name: 'init' }],
      containers: [{ name: 'app', imageId: 'sha256:1' }],
    });
    const second = mergeObservation(first, { ...seen(2, 'Running'), containers: [{ name: 'app', ready: true }] });
    assert.deepEqual(second.podIps, ['10.0.0.1']);
    assert.deepEqual(second.initContainers, [{ name: 'init' }]);
    assert.deepEqual(second.containers, [{ name: 'app', imageId: 'sha256:1', ready: true }]);
  });

  const phases = {
    Scheduling: 'pending',
    Pending: 'pending',
    Running: 'running',
    Restarting: 'running',
    Updating: 'running',
    Terminating: 'terminating',
    Succeeded: 'terminal',
    Failed: 'terminal',
    Expired: 'terminal',
    ScheduleFailed: 'unschedulable',
    SomethingNew: 'pending',
  } as const;
  for (const [status, phase] of Object.entries(phases)) {
    it(`counts ${status} as ${phase}`, () => {
      assert.equal(mergeObservation(fresh, seen(1, status)).phase, phase);
    });
  }
});
