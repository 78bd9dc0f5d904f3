import { parsePodAnnotations } from '../annotations/parse-pod-annotations.ts';
import { productVersion } from '../config/product-version.ts';
import { createPullSecretReader } from '../credentials/pull-secret-reader.ts';
import { createEciProvider } from '../eci/provider.ts';
import { createCachedReads } from '../kube/cached-reads.ts';
import { requestToken } from '../kube/token-request.ts';
import { createVirtualNode } from '../node/create-node.ts';
import type { VirtualNode } from '../node/create-node.ts';
import { ownAddress } from '../node/own-address.ts';
import { admissionPolicies } from './admission-policies.ts';
import type { Base } from './base.ts';
import type { Cloud } from './connect-cloud.ts';
import type { Cluster } from './connect-cluster.ts';

/** Connects a virtual node to the cluster and, through the provider for ECI, to the cloud. */
export function createNode(base: Base, { client, facts, events }: Cluster, cloud: Cloud): VirtualNode {
  const { config, logger, metrics, clock, random } = base;
  const reads = createCachedReads({ client, clock });
  const pullSecrets = createPullSecretReader({
    getSecret: (namespace, name) => reads.secret(namespace, name),
    getServiceAccount: (namespace, name) => reads.serviceAccount(namespace, name),
  });
  const internalIp = config.internalIp ?? ownAddress();
  const provider = createEciProvider({
    ports: {
      parseAnnotations: parsePodAnnotations,
      credentials: cloud.credentials,
      readPullSecrets: (pod) => pullSecrets.forPod(pod),
      serviceAccounts: {
        createToken: (namespace, serviceAccount, token) =>
          requestToken(client, { namespace, serviceAccount, ...token }),
        getConfigMap: (namespace, name) => reads.configMap(namespace, name),
      },
      eci: cloud.eci,
      clock,
      log: logger,
      metrics,
      random,
    },
    config: {
      regionId: config.regionId,
      vSwitchIds: config.vSwitchIds,
      securityGroupId: config.securityGroupId,
      ...(config.resourceGroupId === undefined ? {} : { resourceGroupId: config.resourceGroupId }),
      ...(config.zoneId === undefined ? {} : { zoneId: config.zoneId }),
      clusterId: config.clusterId ?? facts.clusterId,
      nodeName: config.nodeName,
      hostIp: internalIp,
      architecture: config.architecture,
      productVersion,
      dns: {
        nameServers: config.dnsMode === 'default' ? [] : (config.clusterDns ?? [facts.dnsAddress].filter(isDefined)),
        domain: config.clusterDomain,
      },
      admissionPolicies: admissionPolicies(config),
      minimumTokenSeconds: config.tokenMinimumLifetimeMs / 1000,
    },
    polling: {
      busyMs: config.pollIntervalMs,
      idleMs: config.idlePollIntervalMs,
      sweepMs: config.sweepIntervalMs,
    },
  });
  return createVirtualNode({
    client,
    clock,
    logger,
    metrics,
    events,
    provider,
    random,
    podWorkers: config.podWorkers,
    refresh: (reference) => reads.forget(reference),
    ...(config.forceRemoveAfterMs === 0 ? {} : { forceRemoveAfterMs: config.forceRemoveAfterMs }),
    lostBarePods: config.lostBarePods,
    orphans: config.orphans,
    finishedRetentionMs: config.finishedGroupRetentionMs,
    settings: {
      name: config.nodeName,
      labels: config.nodeLabels,
      taints: config.taints,
      capacity: {
        cpu: config.nodeCpu,
        memory: config.nodeMemory,
        pods: String(config.nodePods),
        'ephemeral-storage': config.nodeEphemeralStorage,
        ...(config.nodeGpu > 0 ? { 'nvidia.com/gpu': String(config.nodeGpu) } : {}),
      },
      regionId: config.regionId,
      ...(config.zoneId === undefined ? {} : { zoneId: config.zoneId }),
      architecture: config.architecture,
      internalIp,
      kubeletPort: config.kubeletPort,
      kubernetesVersion: config.kubernetesVersion ?? facts.kubernetesVersion,
      productVersion,
    },
  });
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
