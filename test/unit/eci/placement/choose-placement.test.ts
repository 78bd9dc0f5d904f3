import assert from 'node:assert/strict';
import { choosePlacement, type Placement, type PlacementWish } from '../../../../src/eci/placement/choose-placement.ts';
import type { AttemptFailure } from '../../../../src/eci/placement/attempt-failure.ts';

const zones = { vSwitchIds: ['vsw-a', 'vsw-b', 'vsw-c'], instanceTypes: [], spot: false, spotFallback: false };
const noStock = { code: 'OperationDenied.NoStock' };

interface Case {
  wish?: Partial<PlacementWish>;
  attempt?: number;
  after?: AttemptFailure;
  gives: Partial<Placement>;
}

describe('choosePlacement', () => {
  const cases: Record<string, Case> = {
    'asks for what is wished at first': { attempt: 1, gives: { vSwitchIds: ['vsw-a', 'vsw-b', 'vsw-c'], spot: false } },
    'names no strategy at first': { attempt: 1, gives: {} },
    'puts the next vSwitch first after each refusal for want of stock': {
      after: noStock,
      gives: { vSwitchIds: ['vsw-b', 'vsw-c', 'vsw-a'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'comes round again': {
      attempt: 4,
      after: noStock,
      gives: { vSwitchIds: ['vsw-a', 'vsw-b', 'vsw-c'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'puts the vSwitch after that which failed first, whatever the number of the attempt': {
      attempt: 7,
      after: { code: 'NoStock', vSwitchId: 'vsw-b' },
      gives: { vSwitchIds: ['vsw-c', 'vsw-a', 'vsw-b'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'goes by the number where the vSwitch that failed is no longer wished': {
      after: { code: 'NoStock', vSwitchId: 'vsw-z' },
      gives: { vSwitchIds: ['vsw-b', 'vsw-c', 'vsw-a'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'goes on after a vSwitch without addresses': {
      after: { code: 'InvalidVSwitchId.IpNotEnough' },
      gives: { vSwitchIds: ['vsw-b', 'vsw-c', 'vsw-a'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'keeps the order after a failure that another zone would not mend': {
      after: { code: 'QuotaExceeded' },
      gives: { vSwitchIds: ['vsw-a', 'vsw-b', 'vsw-c'] },
    },
    'keeps the strategy that the Pod names': {
      wish: { scheduleStrategy: 'VSwitchRandom' },
      after: noStock,
      gives: { vSwitchIds: ['vsw-b', 'vsw-c', 'vsw-a'], scheduleStrategy: 'VSwitchRandom' },
    },
    'keeps VSwitchOrdered from the start': {
      wish: { scheduleStrategy: 'VSwitchOrdered' },
      attempt: 1,
      gives: { vSwitchIds: ['vsw-a', 'vsw-b', 'vsw-c'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'needs no strategy for one vSwitch': {
      wish: { vSwitchIds: ['vsw-a'] },
      after: noStock,
      gives: { vSwitchIds: ['vsw-a'] },
    },
    'keeps the preferred type while there are vSwitches that have not come first': {
      wish: { instanceTypes: ['2-4Gi', 'ecs.c6.large'] },
      attempt: 3,
      after: noStock,
      gives: {
        vSwitchIds: ['vsw-c', 'vsw-a', 'vsw-b'],
        instanceTypes: ['2-4Gi', 'ecs.c6.large'],
        scheduleStrategy: 'VSwitchOrdered',
      },
    },
    'puts the next type first after that': {
      wish: { instanceTypes: ['2-4Gi', 'ecs.c6.large'] },
      attempt: 4,
      after: noStock,
      gives: { instanceTypes: ['ecs.c6.large', '2-4Gi'], scheduleStrategy: 'VSwitchOrdered' },
    },
    'puts the next type first at once where there is one vSwitch': {
      wish: { vSwitchIds: ['vsw-a'], instanceTypes: ['2-4Gi', 'ecs.c6.large'] },
      after: { code: 'NoStock', vSwitchId: 'vsw-a' },
      gives: { vSwitchIds: ['vsw-a'], instanceTypes: ['ecs.c6.large', '2-4Gi'] },
    },
    'keeps the types where addresses were missing': {
      wish: { vSwitchIds: ['vsw-a'], instanceTypes: ['2-4Gi', 'ecs.c6.large'] },
      after: { code: 'InvalidVSwitchId.IpNotEnough' },
      gives: { vSwitchIds: ['vsw-a'], instanceTypes: ['2-4Gi', 'ecs.c6.large'] },
    },
    'stays with spot where nothing else is allowed': {
      wish: { vSwitchIds: ['vsw-a'], spot: true },
      after: { code: 'Spot.NotMatched' },
      gives: { vSwitchIds: ['vsw-a'], spot: true },
    },
    'leaves spot when it is out of stock and the Pod allows it': {
      wish: { vSwitchIds: ['vsw-a'], spot: true, spotFallback: true },
      after: { code: 'Spot.NotMatched' },
      gives: { vSwitchIds: ['vsw-a'], spot: false },
    },
    'leaves spot when an accepted group found no place': {
      wish: { vSwitchIds: ['vsw-a'], spot: true, spotFallback: true },
      after: { code: 'ContainerGroup.NoStock', vSwitchId: 'vsw-a' },
      gives: { vSwitchIds: ['vsw-a'], spot: false },
    },
    'tries spot again after a failure that was not about stock': {
      wish: { vSwitchIds: ['vsw-a'], spot: true, spotFallback: true },
      after: { code: 'InvalidVSwitchId.IpNotEnough' },
      gives: { vSwitchIds: ['vsw-a'], spot: true },
    },
  };
  for (const [title, { wish, attempt = 2, after, gives }] of Object.entries(cases)) {
    it(title, () => {
      const full = { ...zones, ...wish };
      const expected = {
        vSwitchIds: ['vsw-a', 'vsw-b', 'vsw-c'],
        instanceTypes: [...full.instanceTypes],
        spot: full.spot,
        ...gives,
      };
      assert.deepEqual(choosePlacement(full, attempt, after), expected);
    });
  }
});
