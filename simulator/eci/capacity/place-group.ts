import { SimError } from '../../types.ts';
import type { FixtureVSwitch } from '../../fixtures/fixture.ts';
import type { EciService } from '../eci-service.ts';
import { instanceSpecs } from '../group/instance-size.ts';
import type { InstanceSpec } from '../group/instance-size.ts';
import type { CreateContainerGroup } from '../parameters/container-group.ts';
import { chooseOffer } from './choose-offer.ts';
import type { Placement } from './choose-offer.ts';
import type { Offer } from './sold-out.ts';

/** One kind of machine in one vSwitch. */
export interface GroupOffer extends Offer {
  readonly spec: InstanceSpec;
  readonly vSwitch: FixtureVSwitch;
  readonly securityGroupId: string;
}

/**
 * Chooses vSwitch and kind of machine of a request, taking nothing yet. Kinds are tried in their order, each in every vSwitch.
 * @throws SimError in the codes of CreateContainerGroup.
 */
export function placeGroup(
  service: Pick<EciService, 'networks' | 'soldOut'>,
  accountId: string,
  request: CreateContainerGroup,
): Placement<GroupOffer> {
  const { vSwitches, securityGroupId } = service.networks.candidates(accountId, request);
  const address = request.PrivateIpAddress;
  const hasAddress = ({ vSwitch }: GroupOffer): boolean => service.networks.hasAddress(vSwitch, address);
  const market = isSpot(request) ? 'spot' : 'regular';
  const offers = instanceSpecs(request).flatMap((spec) =>
    vSwitches.map((vSwitch): GroupOffer => {
      const { zoneId, vSwitchId } = vSwitch;
      return { zoneId, vSwitchId, instanceType: spec.instanceType, market, spec, vSwitch, securityGroupId };
    }),
  );
  if (address !== undefined && !offers.some(hasAddress)) {
    throw new SimError(
      400,
      'PrivateIpAddress.Already.InUse',
      'The specified private IP address is in use or not in the vSwitch.',
    );
  }
  return chooseOffer(offers, { stockOf: (offer) => service.soldOut.of(offer), hasAddress });
}

/** Tells whether a request is for a preemptible instance. */
export function isSpot({ SpotStrategy }: Pick<CreateContainerGroup, 'SpotStrategy'>): boolean {
  return SpotStrategy !== undefined && SpotStrategy !== 'NoSpot';
}
