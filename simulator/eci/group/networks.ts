import { SimError } from '../../types.ts';
import type { World } from '../host.ts';
import { invalidParameter } from '../invalid-parameter.ts';
import { missingParameter } from '../missing-parameter.ts';
import { createAddressPool } from './address-pool.ts';
import type { AddressPool } from './address-pool.ts';
import type { GroupNetwork } from './container-group.ts';

/** Places instances into the vSwitches of the fixture. */
export interface Networks {
  /**
   * Checks vSwitches and security group without taking an address.
   * @throws SimError 400 or 403 in the codes of CreateContainerGroup.
   */
  check(accountId: string, request: NetworkRequest): void;
  /** The same, and reserves an address. @throws SimError 403 `InvalidVSwitchId.IpNotEnough` when every vSwitch is full. */
  place(accountId: string, request: NetworkRequest): GroupNetwork;
  release(network: GroupNetwork): void;
}

/** The members of a request that decide where an instance goes. */
export interface NetworkRequest {
  readonly RegionId: string;
  readonly VSwitchId?: string;
  readonly SecurityGroupId?: string;
  readonly ZoneId?: string;
  readonly PrivateIpAddress?: string;
}

/** Source: ECI API reference, VSwitchId. */
const MAX_VSWITCHES = 10;

/** @param world the fixture; a vSwitch is in the region that its zone id tells. */
export function createNetworks(world: Pick<World, 'accounts'>): Networks {
  const pools = new Map<string, AddressPool>();

  const poolOf = (vSwitchId: string, cidrBlock: string): AddressPool => {
    const pool = pools.get(vSwitchId) ?? createAddressPool(cidrBlock);
    pools.set(vSwitchId, pool);
    return pool;
  };

  const resolve = (accountId: string, request: NetworkRequest) => {
    const account = world.accounts.find((candidate) => candidate.accountId === accountId);
    // The cloud would make a default network for the account; here a missing one is far more likely to be a mistake.
    const vSwitchIds = (request.VSwitchId ?? '').split(',').filter((id) => id !== '');
    if (vSwitchIds.length === 0) {
      throw missingParameter('VSwitchId');
    }
    if (vSwitchIds.length > MAX_VSWITCHES) {
      throw invalidParameter('VSwitchId', `has ${vSwitchIds.length} entries; at most ${MAX_VSWITCHES} are allowed`);
    }
    const vSwitches = vSwitchIds.map((id) => {
      const found = account?.vSwitches?.find(
        ({ vSwitchId, zoneId }) => vSwitchId === id && regionOf(zoneId) === request.RegionId,
      );
      if (found === undefined) {
        throw invalidParameter('VSwitchId', `names ${id}, which does not exist in ${request.RegionId}`);
      }
      return found;
    });
    const [first] = vSwitches;
    if (vSwitches.some(({ vpcId }) => vpcId !== first?.vpcId)) {
      throw invalidParameter('VSwitchId', 'names vSwitches of different VPCs');
    }
    if (request.SecurityGroupId === undefined) {
      throw missingParameter('SecurityGroupId');
    }
    const securityGroup = account?.securityGroups?.find(
      ({ securityGroupId }) => securityGroupId === request.SecurityGroupId,
    );
    if (securityGroup === undefined) {
      throw invalidParameter('SecurityGroupId', `names ${request.SecurityGroupId}, which does not exist`);
    }
    if (securityGroup.vpcId !== first?.vpcId) {
      throw new SimError(
        403,
        'OperationDenied.SecurityGroupMisMatch',
        'The security group and the vSwitch are in different VPCs.',
      );
    }
    const inZone = vSwitches.filter(({ zoneId }) => request.ZoneId === undefined || zoneId === request.ZoneId);
    if (inZone.length === 0) {
      throw new SimError(403, 'OperationDenied.VswZoneMisMatch', 'The specified vSwitch is not in the specified zone.');
    }
    return { vSwitches: inZone, securityGroupId: securityGroup.securityGroupId };
  };

  return {
    check: (accountId, request) => {
      resolve(accountId, request);
    },
    place: (accountId, request) => {
      const { vSwitches, securityGroupId } = resolve(accountId, request);
      for (const { vSwitchId, vpcId, zoneId, cidrBlock } of vSwitches) {
        const intranetIp = takeAddress(poolOf(vSwitchId, cidrBlock), request.PrivateIpAddress);
        if (intranetIp !== undefined) {
          return { vSwitchId, vpcId, zoneId, securityGroupId, intranetIp };
        }
      }
      if (request.PrivateIpAddress !== undefined) {
        throw new SimError(
          400,
          'PrivateIpAddress.Already.InUse',
          'The specified private IP address is in use or not in the vSwitch.',
        );
      }
      throw new SimError(
        403,
        'InvalidVSwitchId.IpNotEnough',
        'The specified vSwitch does not have enough IP addresses.',
      );
    },
    release: ({ vSwitchId, intranetIp }) => pools.get(vSwitchId)?.give(intranetIp),
  };
}

/** @returns the region of a zone: `cn-hangzhou-h` is in `cn-hangzhou`, `ap-southeast-1a` in `ap-southeast-1`. */
export function regionOf(zoneId: string): string {
  return zoneId.replace(/-?[a-z]$/, '');
}

function takeAddress(pool: AddressPool, wanted: string | undefined): string | undefined {
  if (wanted === undefined) {
    return pool.take();
  }
  return pool.takeExactly(wanted) ? wanted : undefined;
}
