import type { ContainerRequest, CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import type { PodIntent } from '../../annotations/types.ts';
import type { ResolvedCredentials } from '../../credentials/types.ts';
import type { Container, Pod } from '../../kube/types.ts';
import { clientToken } from '../identity/client-token.ts';
import { containerGroupName } from '../identity/container-group-name.ts';
import { ownershipTags } from '../identity/ownership-tags.ts';
import type { SizeRequest } from '../size/resolve-size.ts';
import type { EciProviderConfig } from '../types.ts';
import { translateContainer } from './container.ts';
import { translateDns } from './dns.ts';
import { translateHostAliases } from './host-aliases.ts';
import { translatePlatform } from './platform.ts';
import type { ResolvedPod } from './resolve-pod.ts';
import { translateSysctls } from './sysctls.ts';

/** Longest host name of Linux. */
const MAX_HOST_NAME_LENGTH = 63;

/** Everything that a create request is a function of. */
export interface RequestInput {
  pod: Pod;
  attempt: number;
  intent: PodIntent;
  credentials: Pick<ResolvedCredentials, 'imageRegistryCredentials' | 'acrRegistryInfos'>;
  size: SizeRequest;
  resolved: Pick<ResolvedPod, 'containers' | 'volumes'>;
  config: EciProviderConfig;
}

/**
 * Builds the one CreateContainerGroup request of a Pod. Pure: the same input gives the same bytes, which the ClientToken
 * depends on. What annotations ask for wins over the Pod's fields, those win over the node's configuration; identity (name,
 * token, tags) is never overridden.
 */
export function buildContainerGroupRequest(input: RequestInput): CreateContainerGroupRequest {
  const { pod, intent, credentials, config } = input;
  const spec = pod.spec;
  const asked = intent.request;
  const namespace = pod.metadata?.namespace ?? '';
  const name = pod.metadata?.name ?? '';
  const uid = pod.metadata?.uid ?? '';
  const { volumes } = input.resolved;
  const init = (spec?.initContainers ?? []).filter((container) => container.restartPolicy !== 'Always');
  // Sidecars, where the policy lets them pass, run as ordinary containers and start first.
  const sidecars = (spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  const initContainer = init.map((container) => translate(container, { ...input, init: true }));
  return {
    ...defaults(config, asked),
    ...(spec?.restartPolicy === undefined ? {} : { restartPolicy: spec.restartPolicy }),
    ...(spec?.terminationGracePeriodSeconds === undefined
      ? {}
      : { terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds }),
    ...(spec?.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: spec.activeDeadlineSeconds }),
    ...(spec?.shareProcessNamespace === undefined ? {} : { shareProcessNamespace: spec.shareProcessNamespace }),
    hostName: (spec?.hostname ?? name).slice(0, MAX_HOST_NAME_LENGTH).replace(/[-.]+$/, ''),
    ...translatePlatform(pod, config.architecture),
    // The service's own default is false; the vendor's Kubernetes documentation promises true.
    autoMatchImageCache: true,
    ...input.size,
    ...withoutComposed(asked),
    ...(input.size.ephemeralStorage === undefined ? {} : { ephemeralStorage: input.size.ephemeralStorage }),
    ...translateDns(pod, config.dns, asked),
    ...translateHostAliases(pod, asked.hostAliase),
    ...translateSysctls(pod, asked.hostSecurityContext?.sysctl),
    regionId: config.regionId,
    containerGroupName: containerGroupName({
      clusterId: config.clusterId,
      namespace,
      name,
      uid,
      fixedIp: asked.fixedIp === 'true',
    }),
    clientToken: clientToken(uid, input.attempt),
    container: [...sidecars, ...(spec?.containers ?? [])].map((container) =>
      translate(container, { ...input, init: false }),
    ),
    ...(initContainer.length === 0 ? {} : { initContainer }),
    ...(volumes.length === 0 ? {} : { volume: volumes }),
    ...(credentials.imageRegistryCredentials.length === 0
      ? {}
      : { imageRegistryCredential: credentials.imageRegistryCredentials }),
    ...(credentials.acrRegistryInfos.length === 0 ? {} : { acrRegistryInfo: credentials.acrRegistryInfos }),
    tag: ownershipTags({ ...config, namespace, podName: name, uid }, asked.tag),
  };
}

function translate(container: Container, { pod, resolved, init }: RequestInput & { init: boolean }): ContainerRequest {
  const own = resolved.containers.get(container.name) ?? { variables: [], hide: false, mounts: [] };
  return translateContainer(pod, container, { resolved: own, init });
}

function defaults(
  config: EciProviderConfig,
  asked: Partial<CreateContainerGroupRequest>,
): Partial<CreateContainerGroupRequest> {
  return {
    vSwitchId: config.vSwitchIds.join(','),
    securityGroupId: config.securityGroupId,
    ...(config.resourceGroupId === undefined ? {} : { resourceGroupId: config.resourceGroupId }),
    // The zone follows the vSwitch: the node's zone beside the Pod's own vSwitch would contradict it.
    ...(config.zoneId === undefined || asked.vSwitchId !== undefined ? {} : { zoneId: config.zoneId }),
  };
}

/** Fields that are merged with the Pod's own further down, and credentials, which have their own way. */
function withoutComposed(asked: Partial<CreateContainerGroupRequest>): Partial<CreateContainerGroupRequest> {
  const rest = { ...asked };
  delete rest.dnsConfig;
  delete rest.dnsPolicy;
  delete rest.hostAliase;
  delete rest.hostSecurityContext;
  delete rest.tag;
  delete rest.acrRegistryInfo;
  return rest;
}
