import assert from 'node:assert/strict';
import { judgeMissing, judgeSuspect } from '../../../../src/eci/feed/absence.ts';
import { chooseGroup } from '../../../../src/eci/feed/choose-group.ts';
import { collectPages } from '../../../../src/eci/feed/collect-pages.ts';
import { deltaWindowSeconds } from '../../../../src/eci/feed/delta-window.ts';
import type { StoredInstance } from '../../../../src/eci/feed/instance-store.ts';
import { PollTimer } from '../../../../src/eci/feed/poll-timer.ts';
import { needsLookup } from '../../../../src/eci/feed/lookup-plan.ts';
import { Visibility } from '../../../../src/eci/feed/visibility.ts';
import { newInstance } from '../../../../src/eci/instance/merge-observation.ts';

describe('deltaWindowSeconds', () => {
  const cases: Readonly<Record<string, readonly [gapMs: number, seconds: number | undefined]>> = {
    'overlaps by a minute after a short gap': [4_000, 64],
    'covers a longer gap': [120_500, 181],
    'asks for what the service allows at most': [3_540_000, 3600],
    'gives up beyond that': [3_541_000, undefined],
    'survives a clock that was set back': [-60_000, 60],
  };
  for (const [title, [gapMs, seconds]] of Object.entries(cases)) {
    it(title, () => {
      assert.equal(deltaWindowSeconds(1_000_000, 1_000_000 + gapMs), seconds);
    });
  }
});

describe('PollTimer', () => {
  it('doubles up to a minute while polls fail and starts over after a success', () => {
    const timer = new PollTimer(() => 0.5);
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      timer.failed(0, 4_000);
      let waitMs = 0;
      while (!timer.isDue(waitMs)) waitMs += 1_000;
      waits.push(waitMs);
    }
    assert.deepEqual(waits, [8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    timer.succeeded(0, 4_000);
    assert.deepEqual([timer.isDue(3_999), timer.isDue(4_000)], [false, true]);
  });

  it('honours the hint of the server and is not hurried while failing', () => {
    const timer = new PollTimer(() => 0.5);
    timer.failed(0, 4_000, 90_000);
    timer.expedite();
    assert.deepEqual([timer.isDue(89_999), timer.isDue(90_000)], [false, true]);
  });

  it('spreads by a tenth', () => {
    const early = new PollTimer(() => 0);
    early.succeeded(0, 10_000);
    assert.deepEqual([early.isDue(8_999), early.isDue(9_000)], [false, true]);
  });
});

describe('chooseGroup', () => {
  const group = (
    containerGroupId: string,
    createdAtMs: number,
    groupStatus = 'Running',
  ): { containerGroupId: string; createdAtMs: number; groupStatus: string } => ({
    containerGroupId,
    createdAtMs,
    groupStatus,
  });

  it('keeps the oldest', () => {
    const { kept, surplus } = chooseGroup([group('b', 2), group('a', 1), group('c', 3)]);
    assert.equal(kept.containerGroupId, 'a');
    assert.deepEqual(
      surplus.map((other) => other.containerGroupId),
      ['b', 'c'],
    );
  });

  it('keeps one that was placed rather than an older one that was not', () => {
    assert.equal(chooseGroup([group('a', 1, 'ScheduleFailed'), group('b', 2)]).kept.containerGroupId, 'b');
  });
});

describe('collectPages', () => {
  it('goes on after an empty page that still gives a token', async () => {
    const pages = [
      { items: [], nextToken: 'a' },
      { items: [1], nextToken: '' },
    ];
    assert.deepEqual(await collectPages(() => Promise.resolve(pages.shift() ?? { items: [] })), [1]);
  });

  it('fails when one page fails: half a listing is no listing', async () => {
    let call = 0;
    const fetch = (): Promise<{ items: number[]; nextToken: string }> =>
      ++call === 1 ? Promise.resolve({ items: [1], nextToken: 'a' }) : Promise.reject(new Error('page two'));
    await assert.rejects(collectPages(fetch), /page two/);
  });
});

describe('judgeMissing', () => {
  const entry = (more: Partial<StoredInstance> & { phase?: 'running' | 'terminal' } = {}): StoredInstance => {
    const { phase = 'running', ...rest } = more;
    const instance = { ...newInstance({ uid: 'u', namespace: '', name: '', instanceId: 'e' }), phase };
    return { instance, hasInitContainers: false, seen: true, lastLookupMs: 0, lookups: 0, ...rest };
  };
  const evidence = (
    requestStartMs: number,
    more: { sightMs?: number; liveGroups?: number } = {},
  ): Parameters<typeof judgeMissing>[1] => {
    const visibility = new Visibility();
    visibility.sawGroups(more.sightMs ?? requestStartMs);
    return { requestStartMs, visibility, liveGroups: more.liveGroups ?? 2 };
  };
  const cases: Readonly<Record<string, readonly [StoredInstance, Parameters<typeof judgeMissing>[1], string]>> = {
    'believes that a deleted group is gone': [entry({ deletingSinceMs: 1 }), evidence(2), 'absent'],
    'does not believe an answer asked for before the deletion': [entry({ deletingSinceMs: 3 }), evidence(2), 'missing'],
    'does not believe that a deleted group is gone when nothing was seen for ten minutes': [
      entry({ deletingSinceMs: 1 }),
      evidence(700_000, { sightMs: 1 }),
      'missing',
    ],
    'does not believe that a group just accepted and never seen is gone': [
      entry({ deletingSinceMs: 1, seen: false, acceptedAtMs: 0 }),
      evidence(29_999),
      'missing',
    ],
    'believes it after the lag of listings': [
      entry({ deletingSinceMs: 1, seen: false, acceptedAtMs: 0 }),
      evidence(30_000),
      'absent',
    ],
    'keeps the last state of a finished group': [
      entry({ phase: 'terminal', missingSinceMs: 0 }),
      evidence(1e9),
      'keep',
    ],
    'waits for a second look before a running group is lost': [entry(), evidence(1e9), 'missing'],
    'waits a minute before a running group is lost': [entry({ missingSinceMs: 0 }), evidence(59_999), 'missing'],
    'takes a running group as lost after a minute': [entry({ missingSinceMs: 0 }), evidence(60_000), 'absent'],
    'does not take it as lost when all others vanished with it': [
      entry({ missingSinceMs: 5 }),
      evidence(90_000, { sightMs: 4 }),
      'missing',
    ],
    'takes the only group as lost when it was seen lately': [
      entry({ missingSinceMs: 5 }),
      evidence(90_000, { sightMs: 4, liveGroups: 1 }),
      'absent',
    ],
    'gives an accepted group two minutes': [
      entry({ missingSinceMs: 0, acceptedAtMs: 0 }),
      evidence(119_999),
      'missing',
    ],
  };
  for (const [title, [stored, seen, verdict]] of Object.entries(cases)) {
    it(title, () => {
      assert.equal(judgeMissing(stored, seen), verdict);
    });
  }

  it('gives a claim a minute, and half of it when the Pod is being deleted', () => {
    const suspect = { uid: 'u', sinceMs: 0, deleting: false, lastLookupMs: 0, lookups: 0 };
    assert.equal(judgeSuspect(suspect, evidence(59_999)), 'missing');
    assert.equal(judgeSuspect(suspect, evidence(60_000)), 'absent');
    assert.equal(judgeSuspect({ ...suspect, deleting: true }, evidence(30_000)), 'absent');
  });

  it('never drops a claim while nothing can be seen, but gives up on a deleted Pod that has none', () => {
    const unseen = evidence(1e9, { sightMs: 0 });
    const claim = { uid: 'u', containerGroupId: 'e', sinceMs: 1, deleting: true, lastLookupMs: 0, lookups: 0 };
    assert.equal(judgeSuspect(claim, unseen), 'missing');
    assert.equal(judgeSuspect({ uid: 'u', sinceMs: 1, deleting: true, lastLookupMs: 0, lookups: 0 }, unseen), 'absent');
  });

  it('lets a deleted Pod with a claim go after ten minutes of complete and empty answers', () => {
    const unseen = evidence(700_000, { sightMs: 0 });
    const claim = { uid: 'u', containerGroupId: 'e', sinceMs: 1, deleting: true, lastLookupMs: 0, lookups: 0 };
    assert.equal(judgeSuspect({ ...claim, emptySinceMs: 700_000 - 599_999 }, unseen), 'missing');
    assert.equal(judgeSuspect({ ...claim, emptySinceMs: 700_000 - 600_000 }, unseen), 'absent');
    assert.equal(judgeSuspect({ ...claim, deleting: false, emptySinceMs: 0 }, unseen), 'missing');
  });
});

describe('needsLookup', () => {
  const known = { createdAtMs: 1 };
  const cases: Record<
    string,
    { phase: 'pending' | 'running' | 'terminal' | 'unschedulable'; facts?: object; asks: boolean }
  > = {
    'asks for size and zone of a group once it runs': { phase: 'running', asks: true },
    'asks no more once they are known': { phase: 'running', facts: known, asks: false },
    'does not ask before it runs, when they may still change': { phase: 'pending', asks: false },
    'does not ask about a group that found no place': { phase: 'unschedulable', asks: false },
  };
  for (const [title, { phase, facts = {}, asks }] of Object.entries(cases)) {
    it(title, () => {
      const instance = { ...newInstance({ uid: 'u', namespace: '', name: '', instanceId: 'e' }), phase, facts };
      const entry = { instance, hasInitContainers: false, seen: true, lastLookupMs: 0, lookups: 0 };
      assert.equal(needsLookup(entry, 60_000), asks);
    });
  }
});
