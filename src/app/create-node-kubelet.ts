import { connectExecSocket } from '../alibaba/exec-socket.ts';
import { limitsPerMinute } from '../alibaba/rate-limits.ts';
import type { ConfiguredNode } from '../config/configured-nodes.ts';
import type { Config } from '../config/options.ts';
import { createGroupFinder } from '../eci/access/group-finder.ts';
import { createPodAccess } from '../eci/access/pod-access.ts';
import { createdInstanceId } from '../eci/create/written-annotations.ts';
import { createKubelet } from '../node/kubelet/create-kubelet.ts';
import type { Kubelet, KubeletSettings } from '../node/kubelet/create-kubelet.ts';
import type { PodLookup } from '../node/kubelet/pod-lookup.ts';
import type { PodProvider } from '../node/pod-provider.ts';
import type { Base } from './base.ts';
import type { Cloud } from './connect-cloud.ts';
import type { Cluster } from './connect-cluster.ts';

const LOG_ACTION = 'DescribeContainerLog';
/** Of the documented rate, four fifths go out; of these, a tenth is kept for whoever only looks. */
const FOLLOW_SHARE = 0.8 * 0.9;

/** Connects the kubelet API of one node to the API server, which says who may call, and to ECI, which has the logs. */
export function createNodeKubelet(
  base: Base,
  { client, events, facts }: Cluster,
  node: {
    cloud: Cloud;
    configured: ConfiguredNode;
    pods: PodLookup;
    provider: PodProvider;
    address: () => string;
    /** Nodes that share the budget of calls. */
    siblings: number;
  },
): Kubelet {
  const { config, clock, random, logger, metrics } = base;
  const { configured, provider, cloud, pods } = node;
  const groups = createGroupFinder({
    eci: cloud.eci,
    clock,
    clusterId: config.clusterId ?? facts.clusterId,
    known: (uid) => provider.get(uid)?.instanceId,
    claimed: (uid) => {
      const pod = pods.byUid(uid);
      return pod === undefined ? undefined : createdInstanceId(pod);
    },
  });
  return createKubelet({
    settings: kubeletSettings(config, configured, node.siblings),
    nodeName: configured.name,
    addresses: () => [node.address()],
    client,
    pods,
    access: createPodAccess({ eci: cloud.eci, clock, groups, connect: connectExecSocket }),
    events,
    clock,
    random,
    logger,
    metrics,
  });
}

function kubeletSettings(config: Config, { kubeletPort }: ConfiguredNode, siblings: number): KubeletSettings {
  const { kubeletAddress, kubeletClientCaFile, kubeletTlsCertFile, kubeletTlsKeyFile } = config;
  const logCallsPerMinute = config.rateLimits[LOG_ACTION] ?? limitsPerMinute[LOG_ACTION] ?? 0;
  return {
    ...(kubeletAddress === undefined ? {} : { address: kubeletAddress }),
    port: kubeletPort,
    tls: servingCertificate(config.kubeletTls, kubeletTlsCertFile, kubeletTlsKeyFile),
    ...(kubeletClientCaFile === undefined ? {} : { clientAuthorityFile: kubeletClientCaFile }),
    anonymous: config.kubeletAnonymousAuth,
    authorization: config.kubeletAuthorization,
    followCallsPerMinute: (logCallsPerMinute * FOLLOW_SHARE) / siblings,
    streams: { idleTimeoutMs: config.streamIdleTimeoutMs, creationTimeoutMs: config.streamCreationTimeoutMs },
    portForwardPolicy: { ports: config.portForwardPorts, networks: config.portForwardNetworks },
    ...(config.portForwardAddress === undefined ? {} : { portForwardAddress: config.portForwardAddress }),
  };
}

/** The configuration was checked: files come in pairs. */
function servingCertificate(
  kind: Config['kubeletTls'],
  certificateFile: string | undefined,
  keyFile: string | undefined,
): KubeletSettings['tls'] {
  const given = certificateFile !== undefined && keyFile !== undefined;
  if (given && (kind === 'files' || kind === 'auto')) return { kind: 'files', certificateFile, keyFile };
  return kind === 'csr' ? { kind } : { kind: 'self-signed' };
}
