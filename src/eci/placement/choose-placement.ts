import { isPlaceFailure, isStockFailure, type AttemptFailure } from './attempt-failure.ts';

/** Where a Pod may go and on what, in the order in which its author or the node prefers. */
export interface PlacementWish {
  readonly vSwitchIds: readonly string[];
  /** ECS types and sizes; empty when the size follows from the containers. */
  readonly instanceTypes: readonly string[];
  readonly scheduleStrategy?: string;
  readonly spot: boolean;
  /** A regular instance is welcome where no spot instance is to be had. */
  readonly spotFallback: boolean;
}

/** What one attempt asks for. */
export interface Placement {
  readonly vSwitchIds: readonly string[];
  readonly instanceTypes: readonly string[];
  readonly scheduleStrategy?: string;
  readonly spot: boolean;
}

/** The strategy by which ECI tries the vSwitches of a request in their order. Source: ECI API reference, ScheduleStrategy. */
const ORDERED = 'VSwitchOrdered';

/**
 * Places one attempt. The first asks for what is wished, and ECI tries every vSwitch and type of it in one go. After a failure for
 * want of machines or addresses every vSwitch is named again, but in another order: the one after that which failed comes first,
 * or, where ECI does not tell which it was, the next one each time. Only when every vSwitch has come first once does the next
 * instance type. The order holds at ECI only with `VSwitchOrdered`, which is therefore asked for unless the Pod names a strategy.
 *
 * A function of its arguments alone: the same attempt after the same failure asks for the same, in this process or the next.
 *
 * @param attempt 1 for the first.
 * @param after what ended the attempt before; undefined for the first, and where that is not known.
 */
export function choosePlacement(wish: PlacementWish, attempt: number, after: AttemptFailure | undefined): Placement {
  const { vSwitchIds, instanceTypes, scheduleStrategy } = wish;
  const asked = scheduleStrategy === undefined ? {} : { scheduleStrategy };
  if (after === undefined || !isPlaceFailure(after)) {
    return { vSwitchIds, instanceTypes, ...asked, spot: wish.spot };
  }
  const failures = Math.max(0, attempt - 1);
  const failedAt = after.vSwitchId === undefined ? -1 : vSwitchIds.indexOf(after.vSwitchId);
  const rounds = Math.floor(failures / Math.max(1, vSwitchIds.length));
  return {
    vSwitchIds: rotated(vSwitchIds, failedAt === -1 ? failures : failedAt + 1),
    instanceTypes: isStockFailure(after) ? rotated(instanceTypes, rounds) : instanceTypes,
    ...(vSwitchIds.length > 1 ? { scheduleStrategy: ORDERED } : {}),
    ...asked,
    spot: wish.spot && !(wish.spotFallback && isStockFailure(after)),
  };
}

function rotated(items: readonly string[], by: number): readonly string[] {
  if (items.length === 0) return items;
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
