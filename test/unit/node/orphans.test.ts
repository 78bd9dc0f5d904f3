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
    const first = findOrphans({ instances: instances(10), isKnownPod, suspects: new Map(), nowMs: 0 });
    assert.deepEqual([first.confirmed, [...first.suspects.keys()]], [[], ['u3']]);
    const early = findOrphans({ instances: instances(10), isKnownPod, suspects: first.suspects, nowMs: MINUTE });
    assert.deepEqual(early.confirmed, []);
    const later = findOrphans({ instances: instances(10), isKnownPod, suspects: early.suspects, nowMs: 5 * MINUTE });
    assert.deepEqual(
      later.confirmed.map((orphan) => orphan.uid),
      ['u3'],
    );
  });

  it('clears a suspect whose Pod shows up after all', () => {
    const verdict = findOrphans({
      instances: instances(10),
      isKnownPod: () => true,
      suspects: new Map([['u3', 0]]),
      nowMs: 6 * MINUTE,
    });
    assert.deepEqual([verdict.confirmed, verdict.suspects.size], [[], 0]);
  });

  it('deletes nothing when so many look orphaned that the cluster must be the wrong one', () => {
    const suspects = new Map(instances(50).map((instance) => [instance.uid, 0]));
    const verdict = findOrphans({ instances: instances(50), isKnownPod: () => false, suspects, nowMs: 60 * MINUTE });
    assert.deepEqual([verdict.confirmed, verdict.breakerOpen], [[], true]);
  });
});
