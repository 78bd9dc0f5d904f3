import { SimError } from '../../types.ts';
import type { FixtureSoldOut } from '../../fixtures/fixture.ts';
import type { Offer } from './sold-out.ts';

/** Where a request is served, and whether that will turn out to be impossible after it was accepted. */
export interface Placement<T> {
  readonly offer: T;
  readonly fails: boolean;
  /** The zone is nearly empty: told as a warning, and served. */
  readonly scarce: boolean;
}

/**
 * Tries offers in their order: the first that is not out of stock to all appearance, and has a free address, is taken. Where it was
 * `late` to show, the group fails although a later offer would have served: ECI is not known to move a group that it has accepted.
 *
 * @param options.stockOf see {@link SoldOut.of}.
 * @param options.hasAddress whether the vSwitch of an offer has a free address.
 * @throws SimError 403 `OperationDenied.NoStock` or `Spot.NotMatched`, `Zone.NotOnSale`, `InvalidVSwitchId.IpNotEnough`: the
 * first of these that any offer met. Which comes first is a guess; the reference does not tell.
 */
export function chooseOffer<T extends Offer>(
  offers: readonly T[],
  options: {
    stockOf: (offer: Offer) => FixtureSoldOut['shows'] | undefined;
    hasAddress: (offer: T) => boolean;
  },
): Placement<T> {
  const seen = offers.map((offer) => ({ offer, shows: options.stockOf(offer), address: options.hasAddress(offer) }));
  const found = seen.find(
    ({ shows, address }) => address && (shows === undefined || shows === 'scarce' || shows === 'late'),
  );
  if (found !== undefined) {
    return { offer: found.offer, fails: found.shows === 'late', scarce: found.shows === 'scarce' };
  }
  if (seen.some(({ shows }) => shows === 'at-once')) {
    throw seen.some(({ offer }) => offer.market === 'spot')
      ? new SimError(403, 'Spot.NotMatched', 'The spot price or stock does not match the request.')
      : new SimError(403, 'OperationDenied.NoStock', 'Sales of this resource are temporarily suspended in the zone.');
  }
  if (seen.some(({ shows }) => shows === 'not-on-sale')) {
    throw new SimError(403, 'Zone.NotOnSale', 'The resource in the specified zone is no longer available for sale.');
  }
  throw new SimError(403, 'InvalidVSwitchId.IpNotEnough', 'The specified vSwitch does not have enough IP addresses.');
}
