import { parseImageCacheAnnotations } from '../../annotations/parse-image-cache-annotations.ts';
import type { Problem } from '../../annotations/types.ts';
import type { Config } from '../../config/options.ts';
import { buildImageCacheRequest, overruledAnnotations } from '../../imagecache/build-request.ts';
import { validateSpec } from '../../imagecache/validate-spec.ts';
import type { ImageCacheObject } from '../../imagecache/types.ts';
import { ImageReferenceError } from '../../images/image-reference.ts';
import { planHosts } from './plan-hosts.ts';
import type { PlannedCredentials } from './plan-hosts.ts';
import type { Planned } from './plan-workload.ts';
import { showRequest } from './show-request.ts';

/** Plans an ImageCache the way the controller does, up to the first call. */
export function planImageCache(object: ImageCacheObject, config: Config): Planned {
  const annotations = object.metadata?.annotations ?? {};
  const spec = validateSpec(object.spec);
  const parsed = parseImageCacheAnnotations(annotations);
  if (!parsed.ok || !spec.ok) {
    const problems = [...(parsed.ok ? [] : parsed.problems), ...(spec.ok ? [] : spec.problems)];
    return { problems, warnings: parsed.ok ? parsed.intent.warnings : [] };
  }
  const { intent } = parsed;
  const warnings = [...intent.warnings, ...overruledAnnotations(spec.spec, intent)];
  let credentials: PlannedCredentials;
  try {
    credentials = planHosts(
      {
        images: spec.spec.images,
        entries: intent.acrEntries,
        pullSecretNames: spec.spec.imagePullSecrets,
      },
      { delivery: config.credentialDelivery, regionId: config.regionId },
    );
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    return { problems: [imageProblem(error, spec.spec.images)], warnings };
  }
  const request = buildImageCacheRequest({
    object: { name: object.metadata?.name ?? '', uid: object.metadata?.uid ?? '', generation: 1 },
    attempt: 1,
    spec: spec.spec,
    intent,
    credentials: { ...credentials, hosts: [], notes: [] },
    defaults: {
      regionId: config.regionId,
      clusterId: config.clusterId ?? '(UID of kube-system)',
      vSwitchIds: config.vSwitchIds,
      securityGroupId: config.securityGroupId,
      ...(config.resourceGroupId === undefined ? {} : { resourceGroupId: config.resourceGroupId }),
    },
  });
  return {
    plan: {
      hosts: credentials.hosts,
      remarks: credentials.remarks,
      action: 'CreateImageCache',
      request: showRequest(request),
    },
    problems: [],
    warnings,
  };
}

function imageProblem(error: ImageReferenceError, images: readonly string[]): Problem {
  return { key: `spec.images[${images.indexOf(error.reference)}]`, value: '', message: error.message };
}
