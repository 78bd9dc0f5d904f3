import assert from 'node:assert/strict';
import { decidePod } from '../../../src/node/decide.ts';
import type { Decision, Observation } from '../../../src/node/decide.ts';
import { createPodRecord, podFingerprint } from '../../../src/node/pod-record.ts';
import type { Creation } from '../../../src/node/pod-record.ts';
import type { PodInstance } from '../../../src/node/pod-provider.ts';
import type { Pod } from '../../../src/kube/types.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const HOUR = 3_600_000;

function pod(overrides: { phase?: string; deletionTimestamp?: string; grace?: number; finishedAt?: string } = {}): Pod {
  const { phase, deletionTimestamp, grace, finishedAt } = overrides;
  return {
    metadata: {
      uid: 'u1',
      name: 'web',
      namespace: 'shop',
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      ...(grace === undefined ? {} : { deletionGracePeriodSeconds: grace }),
    },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
    status: {
      ...(phase === undefined ? {} : { phase }),
      ...(finishedAt === undefined
        ? {}
        : {
            containerStatuses: [
              {
                name: 'web',
                image: 'nginx',
                imageID: '',
                ready: false,
                restartCount: 0,
                state: { terminated: { exitCode: 0, finishedAt } },
              },
            ],
          }),
    },
  };
}

/** A Pod that has failed, of whose init container nothing is known. */
function failedInInit(reason?: string): Pod {
  const failed = pod({ phase: 'Failed' });
  const init = { name: 'init', image: 'nginx', imageID: '', ready: false, restartCount: 0, state: { waiting: {} } };
  return {
    ...failed,
    status: { ...failed.status, initContainerStatuses: [init], ...(reason === undefined ? {} : { reason }) },
  };
}

function instance(phase: PodInstance['phase'] = 'running'): PodInstance {
  return { uid: 'u1', instanceId: 'eci-1', namespace: 'shop', name: 'web', phase, observedAtMs: NOW };
}

function observe(
  given: Partial<Omit<Observation, 'record'>> & {
    pod?: Pod | undefined;
    creation?: Creation;
    deletion?: { atMs: number; forced: boolean };
    gone?: boolean;
  },
): Decision {
  const object = given.pod ?? pod();
  const record = createPodRecord(object, { attempt: 1, instanceId: undefined, nowMs: 0 });
  if (given.gone === true) record.pod = undefined;
  if (given.creation !== undefined) record.creation = given.creation;
  if (given.deletion !== undefined) record.deletion = given.deletion;
  return decidePod({
    record,
    instance: given.instance,
    synced: given.synced ?? true,
    verifiedAbsent: given.verifiedAbsent ?? false,
    finishedRetentionMs: HOUR,
    nowMs: NOW,
  });
}

const deleting = pod({ phase: 'Running', deletionTimestamp: '2026-01-01T00:10:20Z', grace: 30 });
const created: Creation = { state: 'created', instanceId: 'eci-1' };

describe('the Pod decision table', () => {
  const cases: Record<string, { given: Parameters<typeof observe>[0]; expected: Partial<Decision> }> = {
    'creates the instance of a new Pod': { given: {}, expected: { do: 'create' } },
    'creates nothing before the first complete listing': { given: { synced: false }, expected: { do: 'nothing' } },
    'mirrors the state of an instance that exists': {
      given: { instance: instance() },
      expected: { do: 'mirror-status' },
    },
    'replaces an instance that could not be placed': {
      given: { instance: instance('unschedulable'), creation: created },
      expected: { do: 'replace-instance' },
    },
    'adopts an instance found although the Pod does not name it': {
      given: { instance: instance('pending'), creation: { state: 'uncertain', retryAtMs: NOW } },
      expected: { do: 'mirror-status' },
    },
    'tries again after a lost answer': {
      given: { creation: { state: 'uncertain', retryAtMs: NOW } },
      expected: { do: 'create' },
    },
    'waits between two tries after a lost answer, whatever happens to the Pod meanwhile': {
      given: { creation: { state: 'uncertain', retryAtMs: NOW + 5000 } },
      expected: { do: 'nothing', againInMs: 5000 },
    },
    'waits for an instance that was created and is not listed yet': {
      given: { creation: created },
      expected: { do: 'nothing' },
    },
    'fails a Pod whose instance is proven to be gone': {
      given: { creation: created, verifiedAbsent: true },
      expected: { do: 'fail-lost' },
    },
    'holds a Pod until its time has come': {
      given: { creation: { state: 'held', retryAtMs: NOW + 5000, fingerprint: podFingerprint(pod()) } },
      expected: { do: 'nothing', againInMs: 5000 },
    },
    'looks again at a held Pod when its time has come': {
      given: { creation: { state: 'held', retryAtMs: NOW, fingerprint: podFingerprint(pod()) } },
      expected: { do: 'create' },
    },
    'looks at once at a held Pod that was edited': {
      given: { creation: { state: 'held', retryAtMs: NOW + HOUR, fingerprint: 'before the edit' } },
      expected: { do: 'create' },
    },
    'never creates for a Pod that has failed': {
      given: { pod: pod({ phase: 'Failed' }) },
      expected: { do: 'nothing' },
    },
    'keeps the instance of a finished Pod for its logs': {
      given: { pod: pod({ phase: 'Succeeded', finishedAt: '2026-01-01T00:00:00Z' }), instance: instance('terminal') },
      expected: { do: 'nothing', againInMs: 50 * 60_000 },
    },
    'writes how init containers ended, which may be told after the end of the Pod': {
      given: { pod: failedInInit(), instance: instance('terminal') },
      expected: { do: 'mirror-status', againInMs: HOUR },
    },
    'leaves the status of a Pod that was failed for a reason': {
      given: { pod: failedInInit('Evicted'), instance: instance('terminal') },
      expected: { do: 'nothing', againInMs: HOUR },
    },
    'deletes the instance of a Pod that finished long ago': {
      given: { pod: pod({ phase: 'Succeeded', finishedAt: '2025-12-31T00:00:00Z' }), instance: instance('terminal') },
      expected: { do: 'delete-instance', force: false },
    },
    'deletes gracefully when the Pod is being deleted': {
      given: { pod: deleting, instance: instance() },
      expected: { do: 'delete-instance', force: false },
    },
    'comes back when it is time to use force, also when nothing is heard meanwhile': {
      given: {
        pod: pod({ phase: 'Running', deletionTimestamp: '2026-01-01T00:09:50Z', grace: 30 }),
        instance: instance('terminating'),
        deletion: { atMs: NOW - 40_000, forced: false },
      },
      expected: { do: 'mirror-status', againInMs: 20_000 },
    },
    'keeps a shorter grace period than the Pod’s own by force, at its deadline': {
      given: {
        pod: pod({ phase: 'Running', deletionTimestamp: '2026-01-01T00:10:00Z', grace: 1 }),
        instance: instance('terminating'),
        deletion: { atMs: NOW - 1000, forced: false },
      },
      expected: { do: 'delete-instance', force: true },
    },
    'asks again after a minute without effect': {
      given: {
        pod: pod({ phase: 'Running', deletionTimestamp: '2026-01-01T00:15:00Z', grace: 600 }),
        instance: instance(),
        deletion: { atMs: NOW - 60_000, forced: false },
      },
      expected: { do: 'delete-instance', force: false },
    },
    'asks only once for a deletion': {
      given: { pod: deleting, instance: instance(), deletion: { atMs: NOW - 1000, forced: false } },
      expected: { do: 'mirror-status' },
    },
    'forces a deletion that is overdue': {
      given: {
        pod: pod({ phase: 'Running', deletionTimestamp: '2026-01-01T00:09:00Z', grace: 30 }),
        instance: instance('terminating'),
        deletion: { atMs: NOW - 50_000, forced: false },
      },
      expected: { do: 'delete-instance', force: true },
    },
    'removes the Pod when every container has ended': {
      given: { pod: deleting, instance: instance('terminal') },
      expected: { do: 'finish' },
    },
    'removes a Pod that was deleted before anything was created': {
      given: { pod: deleting },
      expected: { do: 'finish' },
    },
    'does not believe that nothing exists before the first listing': {
      given: { pod: deleting, synced: false },
      expected: { do: 'nothing' },
    },
    'looks for the instance of a deleted Pod whose create had no answer': {
      given: { pod: deleting, creation: { state: 'uncertain', retryAtMs: NOW + 5000 } },
      expected: { do: 'delete-instance' },
    },
    'keeps the object while absence is not proven': {
      given: { pod: deleting, creation: created },
      expected: { do: 'delete-instance' },
    },
    'removes the object once absence is proven': {
      given: { pod: deleting, creation: created, verifiedAbsent: true },
      expected: { do: 'finish' },
    },
    'deletes by force what belongs to a Pod that vanished': {
      given: { gone: true, instance: instance() },
      expected: { do: 'delete-instance', force: true },
    },
    'forgets a Pod when nothing is left of it': { given: { gone: true }, expected: { do: 'forget' } },
  };
  for (const [sentence, { given, expected }] of Object.entries(cases)) {
    it(sentence, () => {
      const { why, ...decision } = observe(given);
      assert.ok(why.length > 0);
      assert.deepEqual({ ...decision, ...expected }, decision);
    });
  }
});
