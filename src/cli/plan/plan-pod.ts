import { parsePodAnnotations } from '../../annotations/parse-pod-annotations.ts';
import type { Problem } from '../../annotations/types.ts';
import { hostAndPort } from '../../config/host-and-port.ts';
import type { Config } from '../../config/options.ts';
import { productVersion } from '../../config/product-version.ts';
import { admitPod } from '../../eci/admission/admit-pod.ts';
import { buildContainerGroupRequest } from '../../eci/request/build-request.ts';
import { translatePlatform } from '../../eci/request/platform.ts';
import { resolvePod } from '../../eci/request/resolve-pod.ts';
import { resolveSize } from '../../eci/size/resolve-size.ts';
import type { EciProviderConfig } from '../../eci/types.ts';
import { ImageReferenceError, parseImageReference } from '../../images/image-reference.ts';
import type { Pod } from '../../kube/types.ts';
import { planHosts } from './plan-hosts.ts';
import { describeReferences, plannedReferences } from './planned-references.ts';
import type { Planned } from './plan-workload.ts';
import { showRequest } from './show-request.ts';

/**
 * Plans a Pod: exactly the way a Pod takes when it is created, up to the first call. What would be read of the cluster stands as a
 * placeholder in the request, and is said in a remark.
 */
export function planPod(pod: Pod, config: Config): Planned {
  const annotations = pod.metadata?.annotations ?? {};
  const { cpuArchitecture } = translatePlatform(pod, config.architecture);
  const parsed = parsePodAnnotations(annotations, {
    imageCount: new Set(imagesOf(pod).map(({ image }) => image)).size,
    cpuArchitecture: cpuArchitecture === 'ARM64' ? 'ARM64' : 'AMD64',
  });
  const dataCache = parsed.ok && parsed.intent.request.dataCacheBucket !== undefined;
  const admission = admitPod(pod, { dataCache }, config.unsupportedFieldPolicies);
  const problems = [...admission.problems, ...imageProblems(pod)];
  if (!parsed.ok) return { problems: [...parsed.problems, ...problems], warnings: [] };

  const { intent } = parsed;
  const size = resolveSize(pod, intent.request);
  problems.push(...size.problems);
  if (problems.length > 0) return { problems, warnings: intent.warnings };

  const credentials = planHosts(
    {
      images: imagesOf(pod).map(({ image }) => image),
      entries: intent.acrEntries,
      pullSecretNames: (pod.spec?.imagePullSecrets ?? []).map(({ name }) => name ?? ''),
    },
    { delivery: config.credentialDelivery, regionId: config.regionId },
  );
  const resolved = resolvePod({
    pod,
    references: plannedReferences(pod),
    asked: intent.request,
    config: providerConfig(config),
  });
  // Notes are about what was read, and nothing was.
  if (resolved.findings.problems.length > 0) {
    return { problems: [...resolved.findings.problems], warnings: intent.warnings };
  }
  const reads = describeReferences(pod, config);
  const request = buildContainerGroupRequest({
    pod,
    attempt: 1,
    intent,
    credentials,
    size: size.size,
    resolved,
    config: providerConfig(config),
  });
  return {
    plan: {
      ...(pod.metadata?.namespace === undefined ? {} : { namespace: pod.metadata.namespace }),
      hosts: credentials.hosts,
      remarks: [
        ...admission.notes.map((note) => `${note.type}: ${note.message}`),
        ...credentials.remarks,
        ...(reads === undefined ? [] : [reads]),
      ],
      action: 'CreateContainerGroup',
      request: showRequest(request),
    },
    problems: [],
    warnings: intent.warnings,
  };
}

function imagesOf(pod: Pod): { image: string; key: string }[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (pod.spec?.[list] ?? []).map(({ image }, index) => ({ image: image ?? '', key: `spec.${list}[${index}].image` })),
  );
}

function imageProblems(pod: Pod): Problem[] {
  return imagesOf(pod).flatMap(({ image, key }) => {
    try {
      parseImageReference(image);
      return [];
    } catch (error) {
      if (!(error instanceof ImageReferenceError)) throw error;
      return [{ key, value: '', message: error.message }];
    }
  });
}

function providerConfig(config: Config): EciProviderConfig {
  const { regionId, vSwitchIds, securityGroupId, resourceGroupId, zoneId } = config;
  return {
    regionId,
    vSwitchIds,
    securityGroupId,
    ...(resourceGroupId === undefined ? {} : { resourceGroupId }),
    ...(zoneId === undefined ? {} : { zoneId }),
    clusterId: config.clusterId ?? '(UID of kube-system)',
    nodeName: config.nodeName,
    hostIp: config.internalIp ?? '(address of the node)',
    hostIpFields: config.hostIpFields,
    serviceVariables: config.serviceVariables,
    ...(config.apiserverAddress === undefined ? {} : { apiServer: hostAndPort(config.apiserverAddress) }),
    architecture: config.architecture,
    productVersion,
    dns: {
      nameServers: config.dnsMode === 'cluster' ? (config.clusterDns ?? ['(address of kube-dns)']) : [],
      domain: config.clusterDomain,
    },
    admissionPolicies: {},
    minimumTokenSeconds: config.tokenMinimumLifetimeMs / 1000,
  };
}
