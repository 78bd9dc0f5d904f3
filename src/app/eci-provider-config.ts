import { configuredNodes } from '../config/configured-nodes.ts';
import type { ConfiguredNode } from '../config/configured-nodes.ts';
import { productVersion } from '../config/product-version.ts';
import type { Config } from '../config/options.ts';
import type { EciProviderConfig, PollIntervals } from '../eci/types.ts';
import type { ClusterFacts } from '../kube/cluster-facts.ts';
import { hostAndPort } from '../config/host-and-port.ts';
import { admissionPolicies } from './admission-policies.ts';

/**
 * Picks what the provider for ECI needs to know of one node.
 * @param now.address says where the node is.
 * @param now.current gives the configuration over what `eci-profile` says at the moment: asked anew for each Pod.
 */
export function eciProviderConfig(
  { config, facts }: { config: Config; facts: ClusterFacts },
  node: ConfiguredNode,
  now: { address: () => string; current: () => Config },
): EciProviderConfig {
  const current = (): ConfiguredNode =>
    configuredNodes(now.current()).find((candidate) => candidate.name === node.name) ?? node;
  return {
    regionId: config.regionId,
    get vSwitchIds() {
      return current().vSwitchIds;
    },
    get securityGroupId() {
      return current().securityGroupId;
    },
    get resourceGroupId() {
      return now.current().resourceGroupId;
    },
    ...(node.zoneId === undefined ? {} : { zoneId: node.zoneId }),
    clusterId: config.clusterId ?? facts.clusterId,
    nodeName: node.name,
    get hostIp() {
      return now.address();
    },
    hostIpFields: config.hostIpFields,
    serviceVariables: config.serviceVariables,
    ...(config.apiserverAddress === undefined ? {} : { apiServer: hostAndPort(config.apiserverAddress) }),
    architecture: node.architecture,
    productVersion,
    adoptLegacyGroups: config.adoptLegacyGroups,
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
