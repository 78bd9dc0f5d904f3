import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  effectiveThreshold,
  isBeforeItself,
  pauseMs,
  renewalWindow,
  usableUntilMs,
  wantedLifeMs,
} from '../../../../src/credential-helper/entries/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('effectiveThreshold', () => {
  const cases: Readonly<Record<string, [configuredMs: number, lifeMs: number, expected: object]>> = {
    'is what is configured': [15 * MINUTE, HOUR, { thresholdMs: 15 * MINUTE }],
    'is what is configured for long sessions, too': [15 * MINUTE, 12 * HOUR, { thresholdMs: 15 * MINUTE }],
    'may be exactly half of the life': [30 * MINUTE, HOUR, { thresholdMs: 30 * MINUTE }],
    'is never more than half of the life': [45 * MINUTE, HOUR, { thresholdMs: 30 * MINUTE, changed: 'lowered' }],
    'is lowered for what is left of a base session': [
      15 * MINUTE,
      20 * MINUTE,
      { thresholdMs: 10 * MINUTE, changed: 'lowered' },
    ],
    'leaves time for a renewal before the password is given up': [
      1000,
      HOUR,
      { thresholdMs: 2 * MINUTE, changed: 'raised' },
    ],
    'is half of a life that is shorter than that': [1000, 2 * MINUTE, { thresholdMs: MINUTE, changed: 'raised' }],
    'is nothing for a password that came dead': [15 * MINUTE, -5, { thresholdMs: 0, changed: 'lowered' }],
  };
  for (const [name, [configuredMs, lifeMs, expected]] of Object.entries(cases)) {
    it(name, () => assert.deepEqual(effectiveThreshold(configuredMs, lifeMs), expected));
  }
});

describe('renewalWindow', () => {
  const hour = { obtainedAtMs: 0, expiresAtMs: HOUR };
  const configuredMs = 15 * MINUTE;

  it('is due 15 minutes before the end of an hour without jitter, and open a tenth earlier', () => {
    assert.deepEqual(renewalWindow(hour, { configuredMs, jitter: 0 }), {
      opensAtMs: 40.5 * MINUTE,
      dueAtMs: 45 * MINUTE,
    });
  });

  it('is due after 11 h 45 min of a session of 12 hours', () => {
    const long = { obtainedAtMs: 0, expiresAtMs: 12 * HOUR };
    assert.equal(renewalWindow(long, { configuredMs, jitter: 0 }).dueAtMs, 11.75 * HOUR);
  });

  it('is never later than the threshold, nor more than a tenth earlier, whatever the jitter', () => {
    const lives = fc.record({ lifeMs: fc.integer({ min: 1, max: 12 * HOUR }), configuredMs: fc.integer({ min: 1 }) });
    fc.assert(
      fc.property(lives, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ lifeMs, configuredMs }, jitter) => {
        const life = { obtainedAtMs: 1_000, expiresAtMs: 1_000 + lifeMs };
        const { opensAtMs, dueAtMs } = renewalWindow(life, { configuredMs, jitter });
        const { thresholdMs } = effectiveThreshold(configuredMs, lifeMs);
        const latestMs = life.expiresAtMs - thresholdMs;
        assert.ok(dueAtMs <= latestMs && opensAtMs <= dueAtMs);
        assert.ok(opensAtMs >= latestMs - (latestMs - life.obtainedAtMs) * 0.1 - 1e-6);
        assert.ok(thresholdMs * 2 <= lifeMs, 'at most half of the life is given away');
      }),
    );
  });

  it('lets those obtained within half a minute be renewed together at the largest jitter', () => {
    const first = renewalWindow(hour, { configuredMs, jitter: 0.999 });
    const later = renewalWindow({ obtainedAtMs: 30_000, expiresAtMs: HOUR + 30_000 }, { configuredMs, jitter: 0.999 });
    assert.ok(later.opensAtMs <= first.dueAtMs);
  });
});

describe('the clock', () => {
  it('gives a password up a minute before its end', () =>
    assert.equal(usableUntilMs({ expiresAtMs: HOUR }), 59 * MINUTE));

  it('may be set back a minute without a doubt about what was obtained before', () => {
    assert.equal(isBeforeItself(HOUR, HOUR - MINUTE), false);
    assert.equal(isBeforeItself(HOUR, HOUR - MINUTE - 1), true);
  });
});

describe('wantedLifeMs', () => {
  const cases: Readonly<Record<string, [Parameters<typeof wantedLifeMs>[0], number]>> = {
    'is the threshold and five minutes at first': [{ configuredMs: 15 * MINUTE, expectedLifeMs: HOUR }, 20 * MINUTE],
    'does not ask for more than sessions can have': [{ configuredMs: 5 * HOUR, expectedLifeMs: HOUR }, 35 * MINUTE],
    'is longer than what is left': [
      { configuredMs: 15 * MINUTE, expectedLifeMs: 12 * HOUR, leftMs: 5 * HOUR },
      5 * HOUR + MINUTE,
    ],
    'takes a dead password for none': [{ configuredMs: 15 * MINUTE, expectedLifeMs: HOUR, leftMs: -HOUR }, 20 * MINUTE],
  };
  for (const [name, [options, expectedMs]] of Object.entries(cases)) {
    it(name, () => assert.equal(wantedLifeMs(options), expectedMs));
  }
});

describe('pauseMs', () => {
  const cases: Readonly<Record<string, [Parameters<typeof pauseMs>[0], number]>> = {
    'begins with five seconds': [{ failures: 1, jitter: 0 }, 5_000],
    doubles: [{ failures: 4, jitter: 0 }, 40_000],
    'ends at five minutes': [{ failures: 2000, jitter: 0 }, 300_000],
    'is up to a tenth shorter': [{ failures: 1, jitter: 1 }, 4_500],
    'leaves room for four tries before the end': [{ failures: 7, jitter: 0, leftMs: 400_000 }, 100_000],
    'does not become a hammer just before the end': [{ failures: 7, jitter: 0, leftMs: 2_000 }, 5_000],
    'goes on slowly after the end': [{ failures: 7, jitter: 0, leftMs: -1 }, 300_000],
    'is as long as the server asks': [{ failures: 1, jitter: 0, leftMs: 20_000, retryAfterMs: 60_000 }, 60_000],
    'does not believe a server that asks for a year': [{ failures: 1, jitter: 0, retryAfterMs: 3e10 }, 900_000],
  };
  for (const [name, [options, expectedMs]] of Object.entries(cases)) {
    it(name, () => assert.equal(pauseMs(options), expectedMs));
  }
});
