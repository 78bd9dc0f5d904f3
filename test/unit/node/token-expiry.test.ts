import assert from 'node:assert/strict';
import { planTokenExpiry, TOKEN_EXPIRY_ANNOTATION } from '../../../src/node/token-expiry.ts';
import { TokenExpiryMonitor } from '../../../src/node/token-expiry-monitor.ts';
import type { Pod } from '../../../src/kube/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { aPod } from '../../support/pod-builder.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;

function podEnding(inMs: number, more: Parameters<typeof aPod>[0] = {}): Pod {
  return aPod({ annotations: { [TOKEN_EXPIRY_ANNOTATION]: new Date(NOW + inMs).toISOString() }, ...more });
}

describe('planTokenExpiry', () => {
  const cases: Readonly<Record<string, readonly [Pod, earliestMs: number | undefined, warned: RegExp | undefined]>> = {
    'a token that lives for a year': [podEnding(8760 * HOUR), NOW + 8760 * HOUR, undefined],
    'a token with a day and a second': [podEnding(24 * HOUR + 1000), NOW + 24 * HOUR + 1000, undefined],
    'a token with exactly a day': [podEnding(24 * HOUR), NOW + 24 * HOUR, /ends at 2026-03-02T12:00:00/],
    'a token that has ended': [podEnding(-HOUR), NOW - HOUR, /ended at 2026-03-01T11:00:00/],
    'no token': [aPod(), undefined, undefined],
    'an annotation that somebody wrote': [
      aPod({ annotations: { [TOKEN_EXPIRY_ANNOTATION]: 'soon' } }),
      undefined,
      undefined,
    ],
    'a finished Pod': [podEnding(HOUR, { status: { phase: 'Succeeded' } }), undefined, undefined],
    'a Pod that goes': [
      aPod({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z', ...podEnding(HOUR).metadata } }),
      undefined,
      undefined,
    ],
  };
  for (const [title, [pod, earliestMs, warned]] of Object.entries(cases)) {
    it(`${warned === undefined ? 'is silent about' : 'warns of'} ${title}`, () => {
      const plan = planTokenExpiry([pod], NOW);
      assert.equal(plan.earliestMs, earliestMs);
      assert.equal(plan.expiring.length, warned === undefined ? 0 : 1);
      if (warned !== undefined) assert.match(plan.expiring[0]?.note.message ?? '', warned);
    });
  }

  it('finds the earliest of all', () => {
    assert.equal(planTokenExpiry([podEnding(9 * HOUR), podEnding(3 * HOUR), aPod()], NOW).earliestMs, NOW + 3 * HOUR);
  });
});

describe('TokenExpiryMonitor', () => {
  it('warns of each Pod once, and again when its container group was made anew', async () => {
    const clock = new FakeClock(NOW);
    const said: string[] = [];
    const gauges = new Map<string, number>();
    let pods = [podEnding(HOUR)];
    const monitor = new TokenExpiryMonitor({
      nodeName: 'eci-node',
      pods: () => pods,
      clock,
      events: { emit: (_target, _type, reason) => void said.push(reason), flush: () => Promise.resolve() },
      metrics: { count: () => {}, observe: () => {}, gauge: (name, value) => void gauges.set(name, value) },
    });
    const stopping = new AbortController();
    const running = monitor.run(stopping.signal);
    await clock.advance(30 * 60_000);
    assert.deepEqual(said, ['TokenExpiresSoon']);
    assert.equal(gauges.get('eci_kubelet_pods_with_expiring_tokens'), 1);
    assert.equal(gauges.get('eci_kubelet_token_earliest_expiry_timestamp_seconds'), (NOW + HOUR) / 1000);
    pods = [podEnding(2 * HOUR)];
    await clock.advance(10 * 60_000);
    assert.equal(said.length, 2);
    pods = [];
    await clock.advance(10 * 60_000);
    assert.equal(gauges.get('eci_kubelet_pods_with_expiring_tokens'), 0);
    assert.equal(gauges.get('eci_kubelet_token_earliest_expiry_timestamp_seconds'), Infinity, 'no alert on it fires');
    stopping.abort();
    await running;
  });
});
