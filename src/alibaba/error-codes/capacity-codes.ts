import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Stock, zones and addresses: the same request may succeed later or elsewhere.
 * Source: ECI API reference, error codes of CreateContainerGroup, CreateImageCache and UpdateImageCache.
 */
export const capacityCodes = {
  'OperationDenied.NoStock': {
    class: 'capacity',
    when: 'The requested size is out of stock in the zone.',
    remedy: 'Configure vSwitches in several zones or several instance types.',
  },
  'Zone.NotOnSale': {
    class: 'capacity',
    when: 'The zone does not sell the requested resources.',
    remedy: 'Configure a vSwitch in another zone.',
  },
  'RecommendEmpty.InstanceTypeFamilyNotMatched': {
    class: 'capacity',
    when: 'No instance type matches the request at the moment.',
    remedy: 'Relax the requested instance types, or wait.',
  },
  'Spot.NotMatched': {
    class: 'capacity',
    when: 'No spot capacity at the offered price.',
    remedy: 'Raise the price limit or allow pay-as-you-go.',
  },
  'InvalidVSwitchId.IpNotEnough': {
    class: 'capacity',
    when: 'The vSwitch has no free address.',
    remedy: 'Add a vSwitch, or free addresses in this one.',
  },
  EipAddressPoolIpNotEnough: { class: 'capacity', when: 'The pool of elastic IP addresses is empty.' },
  'PrivateIpAddress.Already.InUse': {
    class: 'capacity',
    when: 'The requested private address is in use, often by an instance that is still being released.',
  },
} as const satisfies CloudErrorCodes;
