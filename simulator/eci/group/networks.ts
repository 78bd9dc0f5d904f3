import { SimError } from '../../types.ts';
import type { FixtureVSwitch } from '../../fixtures/fixture.ts';
import type { World } from '../host.ts';
import { invalidParameter } from '../invalid-parameter.ts';
import { missingParameter } from '../missing-parameter.ts';
import { createAddressPool } from './address-pool.ts';
import type { AddressClaims, AddressPool } from './address-pool.ts';
import type { GroupNetwork } from './container-group.ts';

/** What a request may be placed into, in the order in which it is tried. */
export interface Candidates {
  readonly vSwitches: readonly FixtureVSwitch[];
  readonly securityGroupId: string;
}

/** Places instances into the vSwitches of the fixture. */
export interface Networks {
  /**
   * Checks vSwitches and security group without taking an address. The order is that of the request with `VSwitchOrdered`;
   * otherwise it starts at another vSwitch each time, where the cloud throws dice.
   * @throws SimError 400 or 403 in the codes of CreateContainerGroup.
   */
  candidates(accountId: string, request: NetworkRequest): Candidates;
  /** @param address a certain one; any when absent. */
  hasAddress(vSwitch: FixtureVSwitch, address?: string): boolean;
  /** Takes an address. @throws SimError 403 `InvalidVSwitchId.IpNotEnough` when there is none. */
  reserve(vSwitch: FixtureVSwitch, wanted: { securityGroupId: string; address?: string }): GroupNetwork;
  release(network: GroupNetwork): void;
}

/** The members of a request that decide where an instance goes. */
export interface NetworkRequest {
  readonly RegionId: string;
  readonly VSwitchId?: string;
  readonly SecurityGroupId?: string;
  readonly ZoneId?: string;
  readonly ScheduleStrategy?: 'VSwitchOrdered' | 'VSwitchRandom';
  readonly PrivateIpAddress?: string;
}

/** Source: ECI API reference, VSwitchId. */
const MAX_VSWITCHES = 10;

/** @param world the fixture; a vSwitch is in the region that its zone id tells. */
export function createNetworks(world: Pick<World, 'accounts'>, claims?: AddressClaims): Networks {
  const pools = new Map<string, AddressPool>();

  let turn = 0;
  const poolOf = ({ vSwitchId, cidrBlock }: FixtureVSwitch): AddressPool => {
    const pool = pools.get(vSwitchId) ?? createAddressPool(cidrBlock, claims);
    pools.set(vSwitchId, pool);
    return pool;
  };

  const candidates = (accountId: string, request: NetworkRequest): Candidates => {
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
    const isOrdered = request.ScheduleStrategy === 'VSwitchOrdered';
    return {
      vSwitches: isOrdered ? inZone : rotated(inZone, turn++),
      securityGroupId: securityGroup.securityGroupId,
    };
  };

  return {
    candidates,
    hasAddress: (vSwitch, address) => poolOf(vSwitch).canTake(address),
    reserve: (vSwitch, { securityGroupId, address }) => {
      const { vSwitchId, vpcId, zoneId } = vSwitch;
      const intranetIp = takeAddress(poolOf(vSwitch), address);
      if (intranetIp === undefined) {
        throw new SimError(403, 'InvalidVSwitchId.IpNotEnough', `The vSwitch ${vSwitchId} has no free IP address.`);
      }
      return { vSwitchId, vpcId, zoneId, securityGroupId, intranetIp };
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

function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
