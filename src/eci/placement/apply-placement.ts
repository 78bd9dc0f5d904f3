import type { PodIntent } from '../../annotations/types.ts';
import type { Note } from '../../credentials/types.ts';
import type { CreateAttempt } from '../../node/pod-provider.ts';
import { readAttemptFailure } from './attempt-failure.ts';
import { choosePlacement } from './choose-placement.ts';

/** What an attempt asks for instead of what Pod and node would have it ask for. */
export interface PlacedAttempt {
  intent: PodIntent;
  /** The node's vSwitches, in the order of this attempt. */
  vSwitchIds: readonly string[];
  notes: Note[];
}

/**
 * Lays the placement of an attempt over what the Pod asks for. Pure.
 * @param vSwitchIds the node's, for Pods that name none.
 */
export function applyPlacement(
  intent: PodIntent,
  attempt: CreateAttempt,
  vSwitchIds: readonly string[],
): PlacedAttempt {
  const asked = intent.request;
  const own = asked.vSwitchId?.split(',');
  const wish = {
    vSwitchIds: own ?? vSwitchIds,
    instanceTypes: asked.instanceType?.split(',') ?? [],
    ...(asked.scheduleStrategy === undefined ? {} : { scheduleStrategy: asked.scheduleStrategy }),
    spot: asked.spotStrategy !== undefined,
    spotFallback: intent.local.spotFallback,
  };
  const after = readAttemptFailure(attempt.after);
  const placement = choosePlacement(wish, attempt.number, after);
  const { scheduleStrategy } = placement;
  const request = {
    ...asked,
    ...(own === undefined ? {} : { vSwitchId: placement.vSwitchIds.join(',') }),
    ...(asked.instanceType === undefined ? {} : { instanceType: placement.instanceTypes.join(',') }),
    ...(scheduleStrategy === undefined ? {} : { scheduleStrategy }),
  };
  const degraded = wish.spot && !placement.spot;
  if (degraded) {
    delete request.spotStrategy;
    delete request.spotPriceLimit;
    delete request.spotDuration;
  }
  const notes: Note[] = [];
  if (degraded) {
    notes.push({
      type: 'Normal',
      reason: 'SpotDegraded',
      message: `no spot instance was to be had (${after?.code}); attempt ${attempt.number} asks for a pay-as-you-go instance, as eci-spot-fallback allows`,
    });
  }
  const order = [placement.vSwitchIds, placement.instanceTypes].flat().join(', ');
  if (order !== [wish.vSwitchIds, wish.instanceTypes].flat().join(', ')) {
    notes.push({
      type: 'Normal',
      reason: 'PlacementRotated',
      message: `after ${after?.code} attempt ${attempt.number} asks in another order: ${order}`,
    });
  }
  return {
    intent: { ...intent, request },
    vSwitchIds: own === undefined ? placement.vSwitchIds : vSwitchIds,
    notes,
  };
}
