import { createCloudCaller } from './alibaba/call.ts';
import { createCrClient } from './alibaba/cr.ts';
import type { EciClient } from './alibaba/eci-client.ts';
import { createEciClient } from './alibaba/eci.ts';
import type { EndpointOptions } from './alibaba/endpoints.ts';
import { createIdentity } from './alibaba/identity/create-identity.ts';
import type { IdentitySettings } from './alibaba/identity/identity-settings.ts';
import { selectIdentity } from './alibaba/identity/select-identity.ts';
import { createMetadataClient } from './alibaba/metadata.ts';
import { createRateBudget } from './alibaba/rate-budget.ts';
import { createRegistryProbe } from './alibaba/registry-probe.ts';
import { scrub } from './alibaba/scrub.ts';
import { createStsClient } from './alibaba/sts.ts';
import { parseImageCacheAnnotations } from './annotations/parse-image-cache-annotations.ts';
import { parsePodAnnotations } from './annotations/parse-pod-annotations.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config/options.ts';
import { productVersion } from './config/product-version.ts';
import { CredentialError } from './credentials/errors.ts';
import { createPullSecretReader } from './credentials/pull-secret-reader.ts';
import { createCredentialResolver } from './credentials/resolver.ts';
import type { CredentialResolver } from './credentials/types.ts';
import { classifyFailure } from './eci/create/classify-failure.ts';
import { createEciProvider } from './eci/provider.ts';
import type { AdmissionPolicy } from './eci/types.ts';
import { createImageCacheController } from './imagecache/create-controller.ts';
import { createCachedReads } from './kube/cached-reads.ts';
import { createKubeClient } from './kube/client.ts';
import type { ClosableKubeClient } from './kube/client.ts';
import { readClusterFacts } from './kube/cluster-facts.ts';
import type { ClusterFacts } from './kube/cluster-facts.ts';
import { createEventRecorder } from './kube/events.ts';
import { locateKubeConfig } from './kube/kube-config-location.ts';
import { loadKubeConfig } from './kube/kube-config.ts';
import { requestToken } from './kube/token-request.ts';
import type { EventRecorder } from './kube/types.ts';
import { createVirtualNode } from './node/create-node.ts';
import type { VirtualNode } from './node/create-node.ts';
import { ownAddress } from './node/own-address.ts';
import { runLoops } from './run-loops.ts';
import type { Loop } from './run-loops.ts';
import { startHealthServer } from './telemetry/health-server.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Logger, Metrics } from './telemetry/types.ts';

export interface AppOptions {
  config: Config;
  /** The configuration as it may be logged, once, at the start. */
  effective: Readonly<Record<string, unknown>>;
  /** Fires when the program should end. */
  signal: AbortSignal;
  env: Readonly<Record<string, string | undefined>>;
}

/** What every part is given. */
interface Base {
  config: Config;
  logger: Logger;
  metrics: Metrics;
}

interface Cluster {
  client: ClosableKubeClient;
  facts: ClusterFacts;
  events: EventRecorder;
}

interface Cloud {
  eci: EciClient;
  credentials: CredentialResolver;
}

const userAgent = `eci-kubelet/${productVersion}`;
const random = Math.random;
const clock = systemClock;

/**
 * Builds every object, connects them and runs them until the signal fires. The only place that knows all parts.
 * @throws EciKubeletError when the cluster cannot be reached, the node name is taken, or the configuration leads nowhere.
 */
export async function runApp(options: AppOptions): Promise<void> {
  const { config, signal } = options;
  const logger = await createLogger({ level: config.logLevel, format: config.logFormat, scrub });
  const metrics = await createMetrics({ log: logger });
  const base: Base = { config, logger, metrics };
  logger.info('starting', { version: productVersion, config: options.effective });

  const cluster = await connectCluster(base, options.env);
  const cloud = connectCloud(base, signal);
  const node = createNode(base, cluster, cloud);
  const loops: Loop[] = [...node.loops];
  if (config.imageCacheController) loops.push(...createImageCaches(base, cluster, cloud));

  const health = await startHealthServer({
    address: config.adminAddress,
    metrics,
    ready: () => (node.isReady() ? { ok: true } : { ok: false, reason: 'the Pods of the node are not known yet' }),
    log: logger,
  });
  try {
    await node.register();
    const finish = (): Promise<void> => cluster.events.flush();
    await runLoops(loops, { signal, finish, budgetMs: config.shutdownBudgetMs, clock, logger });
    logger.info('stopped');
  } finally {
    await health.close();
    // Not waited for: a call that has outlived the budget ends with the process.
    void cluster.client.close();
  }
}

async function connectCluster({ config, logger, metrics }: Base, env: AppOptions['env']): Promise<Cluster> {
  const kubeConfig = await loadKubeConfig(
    locateKubeConfig({
      path: config.kubeconfig,
      kubeconfigVariable: env['KUBECONFIG'],
      serviceHost: env['KUBERNETES_SERVICE_HOST'],
      servicePort: env['KUBERNETES_SERVICE_PORT'],
      homeDir: env['HOME'],
    }),
  );
  const client = createKubeClient({
    kubeConfig,
    clock,
    random,
    logger,
    metrics,
    userAgent,
    scrub,
    queriesPerSecond: config.apiQps,
    burst: config.apiBurst,
  });
  const events = createEventRecorder({
    client,
    clock,
    source: { component: 'eci-kubelet', host: config.nodeName },
    scrub,
    random,
    logger,
    metrics,
  });
  return { client, facts: await readClusterFacts(client), events };
}

/** @param signal fires when the program should end: what waits to be sent then is not sent any more. */
function connectCloud({ config, logger, metrics }: Base, signal: AbortSignal): Cloud {
  const budget = createRateBudget({ clock, metrics, overrides: config.rateLimits });
  const call = createCloudCaller({ clock, budget, metrics, log: logger, random });
  const { regionId } = config;
  const at = (override: string | undefined): { endpoint: EndpointOptions } => ({
    endpoint: { network: config.vpcEndpoints ? 'vpc' : 'public', ...(override === undefined ? {} : { override }) },
  });
  const sts = createStsClient({ call, clock, regionId, userAgent, signal, ...at(config.stsEndpoint) });
  const metadata = createMetadataClient({ call, clock, endpoint: config.metadataEndpoint });
  const identity = createIdentity(selectIdentity(config.identity, identitySettings(config)), {
    clock,
    log: logger,
    sts,
    metadata,
    sessionName: config.roleSessionName,
    durationSeconds: config.sessionDurationMs / 1000,
  });
  const eci = createEciClient({
    call,
    identity,
    regionId,
    userAgent,
    signal,
    parameters: config.parametersInBody ? 'form' : 'query',
    ...at(config.eciEndpoint),
  });
  const credentials = createCredentialResolver({
    identity,
    sts,
    cr: createCrClient({ call, userAgent, signal, ...at(config.crEndpoint) }),
    probe: createRegistryProbe({
      call,
      ...(config.registryEndpoint === undefined ? {} : { endpoint: config.registryEndpoint }),
    }),
    clock,
    random,
    delivery: config.credentialDelivery,
    ownRegion: regionId,
    sessionSeed: config.nodeName,
    sessionDurationSeconds: config.sessionDurationMs / 1000,
    trustCustomHostChallenges: config.customHostProof === 'registry-api-or-challenge',
    metrics,
    logger,
  });
  return { eci, credentials };
}

function createNode({ config, logger, metrics }: Base, { client, facts, events }: Cluster, cloud: Cloud): VirtualNode {
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

function createImageCaches(
  { config, logger, metrics }: Base,
  { client, facts, events }: Cluster,
  cloud: Cloud,
): Loop[] {
  const reads = createCachedReads({ client, clock });
  const everywhere = config.imageCacheSecretNamespaces.includes('*');
  const pullSecrets = createPullSecretReader(
    { getSecret: (namespace, name) => reads.secret(namespace, name) },
    everywhere ? {} : { allowedNamespaces: config.imageCacheSecretNamespaces },
  );
  return createImageCacheController({
    client,
    clock,
    logger,
    metrics,
    events,
    random,
    eci: cloud.eci,
    parseAnnotations: parseImageCacheAnnotations,
    readPullSecrets: (references) => pullSecrets.forImageCache(references),
    credentials: cloud.credentials,
    classify: (error) => ({ ...classifyFailure(error), credential: error instanceof CredentialError }),
    defaults: {
      regionId: config.regionId,
      clusterId: config.clusterId ?? facts.clusterId,
      vSwitchIds: config.vSwitchIds,
      securityGroupId: config.securityGroupId,
      ...(config.resourceGroupId === undefined ? {} : { resourceGroupId: config.resourceGroupId }),
    },
  });
}

/** The part of the configuration that says who we are. */
function identitySettings(config: Config): IdentitySettings {
  const { accessKeyId, accessKeySecret, securityToken, roleArn, oidcProviderArn, oidcTokenFile } = config;
  const { ecsRoleName, credentialsFile, credentialsProfile, roleSessionName } = config;
  return {
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(accessKeySecret === undefined ? {} : { accessKeySecret }),
    ...(securityToken === undefined ? {} : { securityToken }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(oidcProviderArn === undefined ? {} : { oidcProviderArn }),
    ...(oidcTokenFile === undefined ? {} : { oidcTokenFile }),
    ...(ecsRoleName === undefined ? {} : { ecsRoleName }),
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
    credentialsProfile,
    roleSessionName,
  };
}

/** The table has checked the values; the type of a map of texts cannot say so. */
function admissionPolicies({ unsupportedFieldPolicies }: Config): Record<string, AdmissionPolicy> {
  return Object.fromEntries(
    Object.entries(unsupportedFieldPolicies).flatMap(([field, policy]) =>
      policy === 'hold' || policy === 'warn' || policy === 'ignore' ? [[field, policy]] : [],
    ),
  );
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
