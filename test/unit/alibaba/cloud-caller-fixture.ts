import { createCloudCaller, type CloudCaller } from '../../../src/alibaba/call.ts';
import { createRateBudget } from '../../../src/alibaba/rate-budget.ts';
import type { AccessKey, Identity } from '../../../src/credentials/types.ts';
import { Secret } from '../../../src/secret.ts';
import { noLog, noMetrics } from '../../../src/telemetry/types.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A session key with values that must never show up in a message. */
export const sessionKey: AccessKey = {
  accessKeyId: 'STS.testkey',
  accessKeySecret: new Secret('CANARY-SECRET'),
  securityToken: new Secret('CANARY-TOKEN'),
};

/** An identity that always has that key. */
export const fixedIdentity: Identity = { description: 'test', accessKey: () => Promise.resolve(sessionKey) };

/** A caller on a clock that stands still; retries wait for nothing. */
export function testCaller(): { clock: FakeClock; call: CloudCaller } {
  const clock = new FakeClock();
  const budget = createRateBudget({ clock, metrics: noMetrics });
  return { clock, call: createCloudCaller({ clock, budget, metrics: noMetrics, log: noLog, random: () => 0 }) };
}
