import type { FixtureImage } from '../../fixtures/fixture.ts';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';

/** Where Node.js is in every container, since servers are most easily written in it where no image brings one. */
export const NODE_DIRECTORY = '/opt/node/bin';

const PATH = `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${NODE_DIRECTORY}`;

/** Gives the environment of a container: that of its image, then what was requested. */
export function containerEnvironment(
  group: Pick<ContainerGroup, 'id' | 'name' | 'regionId' | 'network' | 'request'>,
  container: Pick<GroupContainer, 'name' | 'requested'>,
  image: Pick<FixtureImage, 'env'> = {},
): Record<string, string> {
  const placeholders: Readonly<Record<string, string>> = {
    __ECI_ID__: group.id,
    __ECI_NAME__: group.name,
    __REGION_ID__: group.regionId,
    __ZONE_ID__: group.network.zoneId,
    __CONTAINER_NAME__: container.name,
  };
  const requested = (container.requested.EnvironmentVar ?? []).map(({ Key, Value = '', FieldRef }) => [
    Key,
    FieldRef === undefined ? (placeholders[Value] ?? Value) : group.network.intranetIp,
  ]);
  // As runtimes do for users that are in no list.
  const home = (container.requested.SecurityContext?.RunAsUser ?? 0) === 0 ? '/root' : '/';
  return { PATH, HOME: home, HOSTNAME: hostName(group), ...image.env, ...Object.fromEntries(requested) };
}

/** Source: ECI API reference, HostName; without one the instance is named after itself. */
export function hostName(group: Pick<ContainerGroup, 'name' | 'request'>): string {
  return group.request.HostName ?? group.name;
}
