import type { ConfiguredNode } from '../config/configured-nodes.ts';
import { productVersion } from '../config/product-version.ts';
import type { Config } from '../config/options.ts';
import type { EciProviderConfig, PollIntervals } from '../eci/types.ts';
import type { ClusterFacts } from '../kube/cluster-facts.ts';
import { admissionPolicies } from './admission-policies.ts';

/** Picks what the provider for ECI needs to know of one node. @param address says where the node is now. */
export function eciProviderConfig(
  { config, facts }: { config: Config; facts: ClusterFacts },
  node: ConfiguredNode,
  address: () => string,
): EciProviderConfig {
  return {
    regionId: config.regionId,
    vSwitchIds: node.vSwitchIds,
    securityGroupId: node.securityGroupId,
    ...(config.resourceGroupId === undefined ? {} : { resourceGroupId: config.resourceGroupId }),
    ...(node.zoneId === undefined ? {} : { zoneId: node.zoneId }),
    clusterId: config.clusterId ?? facts.clusterId,
    nodeName: node.name,
    get hostIp() {
      return address();
    },
    architecture: node.architecture,
    productVersion,
    dns: {
      nameServers: config.dnsMode === 'default' ? [] : (config.clusterDns ?? [facts.dnsAddress].filter(isDefined)),
      domain: config.clusterDomain,
    },
    admissionPolicies: admissionPolicies(config),
    minimumTokenSeconds: config.tokenMinimumLifetimeMs / 1000,
  };
}

/** Picks how often the cloud is asked. */
export function pollIntervals(config: Config): PollIntervals {
  return { busyMs: config.pollIntervalMs, idleMs: config.idlePollIntervalMs, sweepMs: config.sweepIntervalMs };
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
