import type { NodeEntry } from './node-entry.ts';
import type { Config } from './options.ts';
import { parseTaint } from './taint.ts';
import type { Taint } from './taint.ts';

/** One virtual node with everything that it inherits. */
export interface ConfiguredNode {
  name: string;
  zoneId?: string;
  vSwitchIds: readonly string[];
  securityGroupId: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  /** Kubernetes quantities by resource name. */
  capacity: Readonly<Record<string, string>>;
  architecture: 'amd64' | 'arm64';
  /** Absent: the address of this machine. */
  internalIp?: string;
  kubeletPort: number;
}

/** Lists the virtual nodes of this process: those of `nodes`, or the one that the other options describe. Pure. */
export function configuredNodes(config: Config): ConfiguredNode[] {
  const entries: readonly NodeEntry[] = config.nodes ?? [{ name: config.nodeName }];
  return entries.map((entry, index) => configuredNode(config, entry, index));
}

/**
 * Finds what in `nodes` contradicts itself. Pure.
 * @returns one sentence per problem.
 */
export function nodeProblems(config: Config): string[] {
  const nodes = configuredNodes(config);
  const problems: string[] = [];
  for (const name of repeated(nodes.map((node) => node.name))) {
    problems.push(`nodes: the name ${name} is given more than once; every node needs a name of its own`);
  }
  for (const port of repeated(nodes.map((node) => node.kubeletPort).filter((port) => port !== 0))) {
    problems.push(`nodes: the kubelet port ${port} is used more than once; every node needs a port of its own`);
  }
  for (const { name, kubeletPort } of nodes) {
    if (kubeletPort <= 65_535) continue;
    problems.push(`nodes: ${name} would get the kubelet port ${kubeletPort}; give it a kubeletPort of at most 65535`);
  }
  for (const entry of config.nodes ?? []) {
    const { name, zoneId, vswitchIds } = entry;
    if (zoneId === undefined) continue;
    if (!zoneId.startsWith(config.regionId)) {
      problems.push(`nodes: ${zoneId}, the zone of ${name}, is no zone of the region ${config.regionId}`);
    }
    if (vswitchIds === undefined && zoneId !== config.zoneId) {
      problems.push(`nodes: ${name} is pinned to ${zoneId} without vswitchIds of its own; give vSwitches of that zone`);
    }
  }
  return problems;
}

function configuredNode(config: Config, entry: NodeEntry, index: number): ConfiguredNode {
  const zoneId = entry.zoneId ?? config.zoneId;
  const internalIp = entry.internalIp ?? config.internalIp;
  const gpu = entry.gpu ?? config.nodeGpu;
  return {
    name: entry.name,
    ...(zoneId === undefined ? {} : { zoneId }),
    vSwitchIds: entry.vswitchIds ?? config.vSwitchIds,
    securityGroupId: entry.securityGroupId ?? config.securityGroupId,
    labels: { ...config.nodeLabels, ...entry.labels },
    taints: entry.taints?.map(parseTaint) ?? config.taints,
    capacity: {
      cpu: entry.cpu ?? config.nodeCpu,
      memory: entry.memory ?? config.nodeMemory,
      pods: String(entry.pods ?? config.nodePods),
      'ephemeral-storage': entry.ephemeralStorage ?? config.nodeEphemeralStorage,
      ...(gpu > 0 ? { 'nvidia.com/gpu': String(gpu) } : {}),
      ...(entry.extendedResources ?? config.nodeExtendedResources),
    },
    architecture: entry.architecture ?? config.architecture,
    ...(internalIp === undefined ? {} : { internalIp }),
    // They listen on one machine. 0 is any free one.
    kubeletPort: entry.kubeletPort ?? (config.kubeletPort === 0 ? 0 : config.kubeletPort + index),
  };
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
