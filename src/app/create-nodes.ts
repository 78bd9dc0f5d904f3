import { parsePodAnnotations } from '../annotations/parse-pod-annotations.ts';
import { configuredNodes } from '../config/configured-nodes.ts';
import type { Config } from '../config/options.ts';
import { createPullSecretReader } from '../credentials/pull-secret-reader.ts';
import { createSharedFeed } from '../eci/feed/shared-feed.ts';
import { createEciProvider } from '../eci/provider.ts';
import { QuotaWatch } from '../eci/quota/quota-watch.ts';
import type { EciProviderPorts } from '../eci/types.ts';
import { createCachedReads } from '../kube/cached-reads.ts';
import type { CachedReads } from '../kube/cached-reads.ts';
import { requestToken } from '../kube/token-request.ts';
import { createVirtualNode } from '../node/create-node.ts';
import type { VirtualNode } from '../node/create-node.ts';
import type { Kubelet } from '../node/kubelet/create-kubelet.ts';
import { ownAddress } from '../node/own-address.ts';
import type { ProfileEffects } from '../profile/profile-effects.ts';
import type { Profile } from '../profile/profile.ts';
import type { Loop } from '../run-loops.ts';
import type { Base } from './base.ts';
import type { Cloud } from './connect-cloud.ts';
import type { Cluster } from './connect-cluster.ts';
import { createNodeKubelet } from './create-node-kubelet.ts';
import { eciProviderConfig, pollIntervals } from './eci-provider-config.ts';
import { nodeSettings } from './node-settings.ts';

/** The virtual nodes of this process, and what they have in common. */
export interface Nodes {
  nodes: readonly VirtualNode[];
  /** Their kubelet APIs, which every replica serves. */
  kubelets: readonly Kubelet[];
  /** Run where the nodes are served. */
  loops: Loop[];
}

/**
 * Connects every configured virtual node to the cluster and, through a provider each, to the cloud. They share the clients, the
 * caches and one feed, so that the cloud is asked as often as for a single node.
 */
export function createNodes(
  base: Base,
  cluster: Cluster,
  { cloud, profile, effects }: { cloud: Cloud; profile: Profile<Config>; effects: ProfileEffects },
): Nodes {
  const { config, logger, metrics, clock, random } = base;
  const { client, facts, events } = cluster;
  const configured = configuredNodes(config);
  const reads = createCachedReads({ client, clock });
  const ports = { ...eciPorts(base, cluster, { cloud, reads }), profile: effects };
  const polling = pollIntervals(config);
  const shared = createSharedFeed({
    ports,
    polling,
    clusterId: config.clusterId ?? facts.clusterId,
    nodeNames: configured.map(({ name }) => name),
  });
  const quota = config.capacityFromQuota ? new QuotaWatch({ eci: cloud.eci, clock, log: logger, random }) : undefined;
  const served = configured.map((node) => {
    const address = (): string => node.internalIp ?? ownAddress();
    const provider = createEciProvider({
      ports,
      config: eciProviderConfig({ config, facts }, node, { address, current: () => profile.current() }),
      polling,
      shared,
    });
    const virtualNode: VirtualNode = createVirtualNode({
      client,
      clock,
      logger: configured.length > 1 ? logger.child({ node: node.name }) : logger,
      metrics,
      events,
      provider,
      random,
      name: node.name,
      settings: () =>
        nodeSettings({ config, facts }, node, {
          address: address(),
          maxCpu: quota?.maxCpu(),
          kubeletPort: kubelet.port(),
        }),
      podWorkers: config.podWorkers,
      refresh: (reference) => reads.forget(reference),
      ...(config.forceRemoveAfterMs === 0 ? {} : { forceRemoveAfterMs: config.forceRemoveAfterMs }),
      lostBarePods: config.lostBarePods,
      orphans: config.orphans,
      finishedRetentionMs: config.finishedGroupRetentionMs,
      onNodeDeleted: config.onNodeDeleted,
      taintUnreachable: config.unreachableTaint,
    });
    const kubelet: Kubelet = createNodeKubelet(base, cluster, {
      cloud,
      configured: node,
      pods: virtualNode.pods,
      provider,
      address,
      siblings: configured.length,
    });
    return { virtualNode, kubelet };
  });
  const loops: Loop[] = [{ name: 'own account', run: (signal) => cloud.account.run(signal) }];
  if (quota !== undefined) loops.push({ name: 'quota watch', run: (signal) => quota.run(signal) });
  const nodes = served.map(({ virtualNode }) => virtualNode);
  // What holds a Pod may just have been repaired. A replica that waits has nothing to retry.
  profile.onApplied(() => nodes.forEach((node) => node.retryHeld()));
  const kubelets = served.map(({ kubelet }) => kubelet);
  return { nodes, kubelets, loops };
}

/** What the providers need of everything else; the same for all nodes. */
function eciPorts(
  { logger, metrics, clock, random }: Base,
  { client }: Cluster,
  { cloud, reads }: { cloud: Cloud; reads: CachedReads },
): EciProviderPorts {
  const pullSecrets = createPullSecretReader({
    getSecret: (namespace, name) => reads.secret(namespace, name),
    getServiceAccount: (namespace, name) => reads.serviceAccount(namespace, name),
  });
  return {
    parseAnnotations: parsePodAnnotations,
    credentials: cloud.credentials,
    readPullSecrets: (pod) => pullSecrets.forPod(pod),
    references: {
      ...reads,
      createToken: (namespace, serviceAccount, token) => requestToken(client, { namespace, serviceAccount, ...token }),
    },
    eci: cloud.eci,
    clock,
    log: logger,
    metrics,
    random,
    accountId: () => cloud.account.id(),
  };
}
