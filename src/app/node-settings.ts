import type { ConfiguredNode } from '../config/configured-nodes.ts';
import type { Config } from '../config/options.ts';
import { productVersion } from '../config/product-version.ts';
import { clampCpu } from '../eci/quota/clamp-cpu.ts';
import type { ClusterFacts } from '../kube/cluster-facts.ts';
import type { NodeSettings } from '../node/node-object.ts';

/** Picks what the Node object says, as things are now. */
export function nodeSettings(
  { config, facts }: { config: Config; facts: ClusterFacts },
  node: ConfiguredNode,
  now: {
    address: string;
    /** vCPUs that the account may use; absent where that is not known, or not to be looked at. */
    maxCpu: number | undefined;
    /** Where the kubelet API listens. */
    kubeletPort: number;
  },
): NodeSettings {
  const { name, labels, taints, capacity, zoneId, architecture } = node;
  const { cpu } = capacity;
  const version = config.kubernetesVersion ?? facts.kubernetesVersion;
  return {
    name,
    labels,
    taints,
    capacity: cpu === undefined ? capacity : { ...capacity, cpu: clampCpu(cpu, now.maxCpu) },
    regionId: config.regionId,
    ...(zoneId === undefined ? {} : { zoneId }),
    architecture,
    internalIp: now.address,
    kubeletPort: now.kubeletPort,
    kubernetesVersion: version.startsWith('v') ? version : `v${version}`,
    productVersion,
  };
}
