import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newInstance } from '../../../../src/eci/instance/merge-observation.ts';
import type { HeldCredentials } from '../../../../src/eci/renewal/held-credentials.ts';
import { shouldRenew, type RenewalDecision, type RenewalInput } from '../../../../src/eci/renewal/should-renew.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';

const GIVEN = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const END = GIVEN + 60 * MINUTE;
const HOST = 'registry.example.com';

const held: HeldCredentials = {
  containerGroupId: 'eci-1',
  givenAtMs: GIVEN,
  expiriesMs: new Map([
    [HOST, END],
    ['docker.io', undefined],
  ]),
  entries: [],
};

const pod = aPod();
const instance = {
  ...newInstance({ uid: pod.metadata?.uid ?? '', namespace: 'default', name: 'web', instanceId: 'eci-1' }),
  phase: 'running' as const,
  groupStatus: 'Running',
};

function decide(changes: Partial<RenewalInput> = {}): RenewalDecision {
  return shouldRenew({
    pod,
    instance,
    deleting: false,
    held,
    namesChains: false,
    nowMs: GIVEN + 55 * MINUTE,
    ...changes,
  });
}

describe('shouldRenew', () => {
  const cases: Readonly<Record<string, [changes: Partial<RenewalInput>, expected: RenewalDecision['do']]>> = {
    'renews what is about to end': [{}, 'renew'],
    'renews what has ended': [{ nowMs: END + MINUTE }, 'renew'],
    'renews a group that still waits for its images': [
      { instance: { ...instance, phase: 'pending', groupStatus: 'Pending' } },
      'renew',
    ],
    'waits while most of the life is left': [{ nowMs: GIVEN + 20 * MINUTE }, 'wait'],
    'postpones while the group is being updated': [{ instance: { ...instance, groupStatus: 'Updating' } }, 'postpone'],
    'postpones while the group is restarted': [{ instance: { ...instance, groupStatus: 'Restarting' } }, 'postpone'],
    'postpones while the group has no machine yet': [
      { instance: { ...instance, phase: 'pending', groupStatus: 'Scheduling' } },
      'postpone',
    ],
    'skips a group that has ended': [{ instance: { ...instance, phase: 'terminal', groupStatus: 'Failed' } }, 'skip'],
    'skips a group that is ending': [{ instance: { ...instance, phase: 'terminating' } }, 'skip'],
    'skips a group that found no place': [{ instance: { ...instance, phase: 'unschedulable' } }, 'skip'],
    'skips a group whose deletion was accepted': [{ deleting: true }, 'skip'],
    'skips a Pod that is being deleted': [
      { pod: aPod({ metadata: { deletionTimestamp: '2026-01-01T00:50:00Z' } }) },
      'skip',
    ],
    'skips a Pod that has ended': [{ pod: aPod({ status: { phase: 'Succeeded' } }) }, 'skip'],
    'skips a group without a Pod': [{ pod: undefined }, 'skip'],
    'skips what only holds passwords that do not end': [
      { held: { ...held, expiriesMs: new Map([[HOST, undefined]]) } },
      'skip',
    ],
    'skips what only forwards': [{ held: { ...held, expiriesMs: new Map() } }, 'skip'],
    'skips a password of a host that is not pulled from again': [
      { pod: aPod({ spec: { containers: [aContainer({ image: 'other.example.com/x:1' })] } }) },
      'skip',
    ],
    'skips a job whose containers have all started': [
      {
        pod: aPod({ spec: { restartPolicy: 'Never' } }),
        instance: { ...instance, containers: [{ name: 'app', state: { running: {} } }] },
      },
      'skip',
    ],
    'renews a group of which nobody wrote down what it holds': [{ held: undefined, namesChains: true }, 'renew'],
    'skips such a group when its Pod names no chain': [{ held: undefined, namesChains: false }, 'skip'],
  };
  for (const [name, [changes, expected]] of Object.entries(cases)) {
    it(name, () => assert.equal(decide(changes).do, expected));
  }

  it('is due for every group between 45 and 20 percent of the life, evenly, and the same after a restart', () => {
    const dues = Array.from({ length: 2000 }, () => {
      const other = { ...instance, uid: randomUUID() };
      const decision = decide({ instance: other });
      assert.deepEqual(decide({ instance: other }), decision);
      assert.equal(decision.do, 'renew');
      return decision.do === 'renew' ? (decision.dueAtMs - GIVEN) / MINUTE : Number.NaN;
    });
    assert.ok(Math.min(...dues) >= 33 && Math.max(...dues) <= 48);
    const perMinute = Map.groupBy(dues, (due) => Math.floor(due));
    for (const [minute, group] of perMinute) assert.ok(group.length < 200, `${group.length} in minute ${minute}`);
  });

  it('asks for more life than is left, and for less than a password has that another group of the chain was just given', () => {
    for (const uid of Array.from({ length: 200 }, () => randomUUID())) {
      const other = { ...instance, uid };
      const early = decide({ instance: other, nowMs: END - 1 });
      assert.ok(early.do === 'renew');
      const decision = decide({ instance: other, nowMs: early.dueAtMs });
      assert.ok(decision.do === 'renew' && decision.minimumLifeMs !== undefined);
      assert.ok(decision.minimumLifeMs > END - early.dueAtMs);
      // The first of the chain came when 45 % were left at the earliest, and its password lives for an hour from then on.
      const lifeOfSharedMs = GIVEN + 33 * MINUTE + 60 * MINUTE - early.dueAtMs;
      assert.ok(decision.minimumLifeMs <= lifeOfSharedMs);
    }
  });
});
