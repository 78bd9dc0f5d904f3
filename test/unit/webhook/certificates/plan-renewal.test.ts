import assert from 'node:assert/strict';
import { planRenewal, type RenewalStep } from '../../../../src/webhook/certificates/plan-renewal.ts';

const HOUR = 3_600_000;
const now = 100 * HOUR;
const life = (agoHours: number, lifeHours = 10) => ({
  madeAtMs: now - agoHours * HOUR,
  expiresAtMs: now + (lifeHours - agoHours) * HOUR,
});

describe('renewal of a certificate in memory', () => {
  const cases: Readonly<Record<string, [Parameters<typeof planRenewal>[0], RenewalStep]>> = {
    'begins by making one': [{}, 'create'],
    'leaves a young one alone': [{ current: life(4.9) }, 'keep'],
    'makes the successor at half of the life': [{ current: life(5) }, 'prepare'],
    'waits while the successor is not known': [{ current: life(9), next: life(4) }, 'keep'],
    'waits while it has only just become known': [
      { current: life(6), next: life(1), nextKnownSinceMs: now - 59_999 },
      'keep',
    ],
    'serves it once it is known for a minute': [
      { current: life(6), next: life(1), nextKnownSinceMs: now - 60_000 },
      'switch',
    ],
    'serves it at once when there is nothing else': [{ current: life(10), next: life(5) }, 'switch'],
    'makes one when both are over': [{ current: life(20), next: life(15) }, 'create'],
    'makes another successor when one is over': [{ current: life(6), next: life(10) }, 'prepare'],
    'makes one when the process slept through the life': [{ current: life(10) }, 'create'],
  };
  for (const [name, [facts, step]] of Object.entries(cases)) {
    it(name, () => assert.equal(planRenewal(facts, now), step));
  }
});
