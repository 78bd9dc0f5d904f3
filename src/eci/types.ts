/** What the ECI provider needs from outside: configuration, and ports for everything that is I/O or somebody else's job. */
import type { EciClient } from '../alibaba/eci-client.ts';
import type { Parsed, PodIntent } from '../annotations/types.ts';
import type { Clock } from '../clock.ts';
import type { CredentialResolver, Note, PullSecretCredential } from '../credentials/types.ts';
import type { ConfigMap, KubeSecret, PersistentVolume, PersistentVolumeClaim, Pod, Service } from '../kube/types.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import type { ImageCacheLookup } from './placement/image-cache-lookup.ts';
import type { ServiceAccountToken } from './references/references.ts';

/** What happens to a Pod that uses a field which ECI does not have: hold it, say so and go on, or go on silently. */
export type AdmissionPolicy = 'hold' | 'warn' | 'ignore';

/** Processor architecture in the words of the label `kubernetes.io/arch`. */
export type Architecture = 'amd64' | 'arm64';

/** The cluster's DNS as containers should see it. */
export interface ClusterDns {
  /** Addresses of the cluster DNS; empty when it cannot be reached from the VPC: `ClusterFirst` then becomes `Default`. */
  nameServers: readonly string[];
  /** Cluster domain, usually `cluster.local`. */
  domain: string;
}

/** How often the cloud is asked, in milliseconds. The feed asks less often by itself while it is throttled. */
export interface PollIntervals {
  /** Between two deltas while a group is starting or ending. */
  busyMs: number;
  /** The same while none is. */
  idleMs: number;
  /** Between two complete listings, at most; large nodes are listed at this interval, small ones more often. */
  sweepMs: number;
}

/** Settings of one virtual node on ECI. */
export interface EciProviderConfig {
  regionId: string;
  /** Used in this order unless the Pod names its own; at least one. */
  vSwitchIds: readonly string[];
  securityGroupId: string;
  resourceGroupId?: string | undefined;
  zoneId?: string;
  /** UID of the namespace `kube-system`: tells our container groups from those of other clusters. */
  clusterId: string;
  nodeName: string;
  /** The node's `InternalIP`, which Pods report as `status.hostIP`. */
  hostIp: string;
  /** What `status.hostIP` means in variables: the address of the node, or that of the Pod. Default: the node's. */
  hostIpFields?: 'node' | 'pod';
  /** Containers get variables for Services, as far as their Pod does not refuse them. */
  serviceVariables: boolean;
  /** Address of the API server in variables and where Pods reach it; absent: that of the Service `default/kubernetes`. */
  apiServer?: { host: string; port: number };
  /** Processor of Pods whose node selector names none; `amd64` when absent. */
  architecture?: Architecture;
  productVersion: string;
  /** Take over groups that the old open-source provider made, which tags them with the UID of their Pod only. */
  adoptLegacyGroups?: boolean;
  dns: ClusterDns;
  /** Deviations from the default policy, by rule name of the admission table. */
  admissionPolicies: Readonly<Record<string, AdmissionPolicy>>;
  /** Least lifetime asked for tokens with an audience of their own, in seconds: files of a running group cannot be rotated. */
  minimumTokenSeconds: number;
}

/** What is asked of the cluster about the objects that a Pod refers to. Reads are shared and remembered for a short time. */
export interface ReferencePort {
  /** @returns undefined when it does not exist. @param notBeforeMs epoch milliseconds: an older copy is not good enough. */
  configMap(namespace: string, name: string, notBeforeMs: number): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string, notBeforeMs: number): Promise<KubeSecret | undefined>;
  persistentVolumeClaim(
    namespace: string,
    name: string,
    notBeforeMs: number,
  ): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string, notBeforeMs: number): Promise<PersistentVolume | undefined>;
  /** One Service. */
  service(namespace: string, name: string, notBeforeMs: number): Promise<Service | undefined>;
  /** Every Service of a namespace. */
  services(namespace: string, notBeforeMs: number): Promise<readonly Service[]>;
  /** Requests a token bound to the Pod. `audiences` is empty for the API server's own. */
  createToken(
    namespace: string,
    serviceAccount: string,
    options: { audiences: readonly string[]; expirationSeconds: number; podName: string; podUid: string },
  ): Promise<ServiceAccountToken>;
}

/** Everything that preparing a create request needs; the only question to ECI among it is the one for image caches. */
export interface PreparePorts {
  parseAnnotations: (
    annotations: Readonly<Record<string, string>>,
    context: { imageCount?: number; cpuArchitecture?: 'AMD64' | 'ARM64' },
  ) => Parsed<PodIntent>;
  credentials: CredentialResolver;
  readPullSecrets: (pod: Pod) => Promise<{ credentials: PullSecretCredential[]; notes: Note[] }>;
  references: ReferencePort;
  imageCaches: ImageCacheLookup;
  /** Adds what a profile gives to Pods that say nothing themselves. Absent: there is none. */
  profile?: PodProfile;
}

/** Annotations from outside of the Pod, which stand beneath its own. */
export interface PodProfile {
  /** The Pod as it is to be created. @throws when that cannot be told at the moment. */
  apply(pod: Pod): Promise<Pod>;
  /** The same as the last {@link apply} for this Pod gave it. */
  asApplied(pod: Pod): Pod;
}

/** Everything that the provider as a whole needs. */
export interface EciProviderPorts extends Omit<PreparePorts, 'imageCaches'> {
  eci: EciClient;
  clock: Clock;
  log: Logger;
  metrics?: Metrics;
  /** The account of the credentials; undefined until it is known. */
  accountId?: () => string | undefined;
  /** Uniform in [0, 1): jitter. */
  random: () => number;
}
