import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hostsOf } from '../../../../src/credential-helper/entries/hosts.ts';
import type { EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import { settle } from '../../../support/fake-clock.ts';
import { refusal } from '../../credentials/fake-cloud.ts';
import { chainToB, entryPlan } from './entry-plans.ts';
import { instancePlan, KeeperWorld, MINUTE } from './keeper-world.ts';

/** Entries that a user may switch on and off, two of them with a host in common. */
const ALL: readonly EntryPlan[] = [
  entryPlan({ entry: { position: 1 } }),
  instancePlan('cri-a', { entry: { position: 2, domains: ['a.example.com', 'shared.example.com'] } }),
  instancePlan('cri-b', { chain: chainToB(), entry: { position: 3 } }),
  instancePlan('cri-b', { chain: chainToB(43_200), entry: { position: 4, domains: ['four.example.com'] } }),
];
const ACTIONS = ['AssumeRole', 'GetAuthorizationToken', 'ListInstanceEndpoint'];

type Step =
  | { do: 'configure'; which: readonly EntryPlan[]; thresholdMs: number }
  | { do: 'fail'; action: string }
  | { do: 'mend' }
  | { do: 'pass'; ms: number }
  | { do: 'jump'; ms: number }
  | { do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('configure' as const),
    which: fc.subarray([...ALL]),
    thresholdMs: fc.constantFrom(1_000, 15 * MINUTE, 600 * MINUTE),
  }),
  fc.record({ do: fc.constant('fail' as const), action: fc.constantFrom(...ACTIONS) }),
  fc.record({ do: fc.constant('mend' as const) }),
  {
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90 * MINUTE }) }),
    weight: 4,
  },
  fc.record({ do: fc.constant('jump' as const), ms: fc.constantFrom(-40_000, 30 * MINUTE, 180 * MINUTE) }),
  fc.record({ do: fc.constant('restart' as const) }),
);

describe('EntryKeeper, whatever happens', function () {
  this.timeout(60_000);

  it('shows only live passwords of configured entries, and is complete again soon after everything works', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const world = new KeeperWorld({ jitter: 0.5 });
        world.addInstance('cri-a');
        world.addInstance('cri-b', ['b.example.com', 'shared.example.com']);
        let configured: readonly EntryPlan[] = ALL;
        let mends: (() => void)[] = [];
        const mend = (): void => {
          for (const undo of mends) undo();
          mends = [];
        };
        world.configure(ALL);
        await world.start();
        for (const what of steps) {
          if (what.do === 'configure') {
            configured = what.which;
            world.configure(what.which, { expiringThresholdMs: what.thresholdMs });
          } else if (what.do === 'fail') {
            mends.push(world.cloud.fail(what.action, () => refusal(what.action, 'NoPermission')));
          } else if (what.do === 'mend') mend();
          else if (what.do === 'pass') await world.clock.advance(what.ms);
          else if (what.do === 'jump') world.clock.jump(what.ms);
          else {
            const left = world.secret();
            await world.stop();
            await world.recover(left);
            await world.start();
          }
          await world.clock.advance(20_000);
          checkShown(world, configured);
        }
        mend();
        // The longest pause, and the time until it is looked.
        await world.clock.advance(6 * MINUTE);
        const expected = new Set(
          configured.flatMap((plan) => hostsOf(plan, ['b.example.com', 'shared.example.com']) ?? []),
        );
        assert.deepEqual(new Set(world.hosts()), expected);
        assert.ok(world.keeper.statuses().every(({ state }) => state === 'serving'));
        await world.stop();
        await settle();
        assert.equal(world.clock.sleeping(), 0);
      }),
      { numRuns: 30 },
    );
  });
});

function checkShown(world: KeeperWorld, configured: readonly EntryPlan[]): void {
  const content = world.keeper.current();
  assert.ok(content, 'every entry was tried long ago');
  const known = new Set(configured.map(({ fingerprint }) => fingerprint));
  for (const { fingerprint, expiresAt } of content.marks) {
    assert.ok(known.has(fingerprint), 'an entry that is not configured');
    assert.ok(Date.parse(expiresAt) > world.clock.nowMs(), `${fingerprint} ended at ${expiresAt}`);
  }
  const mayBeThere = new Set(
    configured.flatMap((plan) => hostsOf(plan, ['b.example.com', 'shared.example.com']) ?? []),
  );
  for (const host of world.hosts()) assert.ok(mayBeThere.has(host), host);
}
