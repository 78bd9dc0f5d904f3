import assert from 'node:assert/strict';
import { findOrphans } from '../../../src/node/orphans.ts';
import type { PodInstance } from '../../../src/node/pod-provider.ts';

const MINUTE = 60_000;

function instances(count: number): PodInstance[] {
  return Array.from({ length: count }, (_, index) => ({
    uid: `u${index}`,
    instanceId: `eci-${index}`,
    namespace: 'shop',
    name: `web-${index}`,
    phase: 'running' as const,
    observedAtMs: 0,
  }));
}

describe('the search for orphans', () => {
  it('suspects first and confirms only after five minutes', () => {
    const isKnownPod = (uid: string): boolean => uid !== 'u3';
    const first = findOrphans({ instances: instances(10), isKnownPod, knownPods: 9, suspects: new Map(), nowMs: 0 });
    assert.deepEqual([first.confirmed, [...first.suspects.keys()]], [[], ['u3']]);
    const early = findOrphans({
      instances: instances(10),
      isKnownPod,
      knownPods: 9,
      suspects: first.suspects,
      nowMs: MINUTE,
    });
    assert.deepEqual(early.confirmed, []);
    const later = findOrphans({
      instances: instances(10),
      isKnownPod,
      knownPods: 9,
      suspects: early.suspects,
      nowMs: 5 * MINUTE,
    });
    assert.deepEqual(
      later.confirmed.map((orphan) => orphan.uid),
      ['u3'],
    );
  });

  it('clears a suspect whose Pod shows up after all', () => {
    const verdict = findOrphans({
      instances: instances(10),
      isKnownPod: () => true,
      knownPods: 10,
      suspects: new Map([['u3', 0]]),
      nowMs: 6 * MINUTE,
    });
    assert.deepEqual([verdict.confirmed, verdict.suspects.size], [[], 0]);
  });

  it('deletes nothing when so many look orphaned that the cluster must be the wrong one', () => {
    const suspects = new Map(instances(50).map((instance) => [instance.uid, 0]));
    const verdict = findOrphans({
      instances: instances(50),
      isKnownPod: () => false,
      knownPods: 40,
      suspects,
      nowMs: 60 * MINUTE,
    });
    assert.equal(verdict.suspicious, true);
  });

  for (const [sentence, orphans, all, knownPods, suspicious] of [
    ['a fifth of many is believed', 20, 100, 80, false],
    ['more than a fifth of many is not', 21, 100, 79, true],
    ['five of a few are believed while Pods are left', 5, 6, 1, false],
    ['six of a few are not', 6, 7, 1, true],
    ['two on a node without any Pod are believed', 2, 2, 0, false],
    ['three on a node without any Pod look like an emptied cluster', 3, 3, 0, true],
  ] as const) {
    it(sentence, () => {
      const isKnownPod = (uid: string): boolean => Number(uid.slice(1)) >= orphans;
      const sweep = { instances: instances(all), isKnownPod, knownPods, suspects: new Map<string, number>() };
      assert.equal(findOrphans({ ...sweep, nowMs: 0 }).suspicious, suspicious);
    });
  }
});
