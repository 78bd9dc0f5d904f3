import { networkInterfaces } from 'node:os';
import { gatewayOf, isInside } from './cidr.ts';
import { groupNetworkNames, ownedNames } from './owned-names.ts';
import { runTool } from './run-tool.ts';
import type { Tools } from './tools.ts';

/** A network of a group, which all its containers share. */
export interface GroupNamespace {
  /** Path by which others enter it. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes networks. */
export interface GroupNetworks {
  /** @param place its address, and the block of the vSwitch that it is out of. */
  create(place: { address: string; cidrBlock: string }): Promise<GroupNamespace>;
}

/**
 * Makes the bridge that the groups of a simulator are connected to. Every address is routed to it one by one, so that two
 * simulators with the same vSwitches do not get into each other's way.
 * @throws Error in one line when networks cannot be made here, or a vSwitch is a network of this machine.
 */
export async function createGroupNetworks(
  pid: number,
  { tools, cidrBlocks }: { tools: Pick<Tools, 'ip'>; cidrBlocks: readonly string[] },
): Promise<GroupNetworks> {
  const { bridge } = ownedNames(pid);
  const { ip } = tools;
  const batch = async (lines: readonly string[], more: readonly string[] = []): Promise<void> => {
    await runTool([ip, ...more, '-batch', '-'], `${lines.join('\n')}\n`);
  };
  checkOverlap(cidrBlocks);
  const gateways = [...new Set(cidrBlocks.map(gatewayOf))];
  const probe = groupNetworkNames(pid, 0).namespace;
  try {
    await batch([
      `link add ${bridge} type bridge`,
      `link set ${bridge} up`,
      ...gateways.map((gateway) => `address add ${gateway}/32 dev ${bridge}`),
      `netns add ${probe}`,
      `netns delete ${probe}`,
    ]);
  } catch (error) {
    const problem = error instanceof Error ? error.message.replaceAll('\n', '; ') : String(error);
    throw new Error(`containers cannot be run here; missing: network namespaces and bridges (${problem})`, {
      cause: error,
    });
  }
  let count = 0;
  return {
    create: async ({ address, cidrBlock }) => {
      count += 1;
      const { namespace, link } = groupNetworkNames(pid, count);
      await batch([
        `netns add ${namespace}`,
        `link add ${link} type veth peer name eth0 netns ${namespace}`,
        `link set ${link} master ${bridge} up`,
        `route replace ${address}/32 dev ${bridge} src ${gatewayOf(cidrBlock)}`,
      ]);
      await batch(
        ['link set lo up', `address add ${address}/32 dev eth0`, 'link set eth0 up', 'route add default dev eth0'],
        ['-netns', namespace],
      );
      return {
        path: `/run/netns/${namespace}`,
        remove: async () => {
          // The pair of links goes with the namespace; the route stays with the bridge unless it is removed.
          await batch([`route delete ${address}/32 dev ${bridge}`, `netns delete ${namespace}`], ['-force']).catch(
            () => undefined,
          );
        },
      };
    },
  };
}

function checkOverlap(cidrBlocks: readonly string[]): void {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const taken = addresses.find(
      ({ family, address }) => family === 'IPv4' && cidrBlocks.some((block) => isInside(address, block)),
    );
    // Another simulator's bridge has the address of the same gateway, and is no harm.
    if (taken !== undefined && !name.startsWith('ecisim')) {
      const block = cidrBlocks.find((candidate) => isInside(taken.address, candidate));
      throw new Error(
        `containers cannot be run here; the vSwitch with ${block} overlaps ${name} (${taken.address}) of this machine, ` +
          'use a fixture with other blocks',
      );
    }
  }
}
