import type { CreateImageCacheRequest } from '../alibaba/eci-requests.ts';
import type { ImageCacheIntent, Problem } from '../annotations/types.ts';
import type { ResolvedCredentials } from '../credentials/types.ts';
import { imageCacheName } from './image-cache-name.ts';
import { ownershipTags } from './tags.ts';
import type { ValidImageCacheSpec } from './validate-spec.ts';

export interface ImageCacheDefaults {
  regionId: string;
  clusterId: string;
  vSwitchIds: readonly string[];
  securityGroupId: string;
  resourceGroupId?: string | undefined;
}

export interface ImageCacheRequestInput {
  object: { name: string; uid: string; generation: number };
  /** 1 for the first; raised after a definite failure, because a token belongs to one set of parameters. */
  attempt: number;
  spec: ValidImageCacheSpec;
  intent: ImageCacheIntent;
  credentials: ResolvedCredentials;
  defaults: ImageCacheDefaults;
}

/**
 * Builds CreateImageCache. Pure: the same input gives the same request, so a retry carries the same parameters under the
 * same ClientToken. The spec wins over the annotations that overlap with it.
 */
export function buildImageCacheRequest(input: ImageCacheRequestInput): CreateImageCacheRequest {
  const { object, spec, intent, credentials, defaults } = input;
  const { imageRegistryCredentials, acrRegistryInfos } = credentials;
  return {
    vSwitchId: defaults.vSwitchIds.join(','),
    securityGroupId: defaults.securityGroupId,
    ...(defaults.resourceGroupId === undefined ? {} : { resourceGroupId: defaults.resourceGroupId }),
    ...intent.request,
    regionId: defaults.regionId,
    imageCacheName: imageCacheName(object.name),
    clientToken: `${object.uid}-g${object.generation}-${input.attempt}`,
    image: spec.images,
    ...(spec.imageCacheSize === undefined ? {} : { imageCacheSize: spec.imageCacheSize }),
    ...(spec.retentionDays === undefined ? {} : { retentionDays: spec.retentionDays }),
    ...(imageRegistryCredentials.length > 0 ? { imageRegistryCredential: imageRegistryCredentials } : {}),
    ...(acrRegistryInfos.length > 0 ? { acrRegistryInfo: acrRegistryInfos } : {}),
    tag: ownershipTags({ clusterId: defaults.clusterId, ...object }),
  };
}

/** Names each annotation that the spec overrules with another value. */
export function overruledAnnotations(spec: ValidImageCacheSpec, intent: ImageCacheIntent): Problem[] {
  const pairs = [
    {
      key: 'k8s.aliyun.com/imc-size',
      field: 'imageCacheSize',
      spec: spec.imageCacheSize,
      annotation: intent.request.imageCacheSize,
    },
    {
      key: 'k8s.aliyun.com/imc-retention-days',
      field: 'retentionDays',
      spec: spec.retentionDays,
      annotation: intent.request.retentionDays,
    },
  ];
  return pairs.flatMap(({ key, field, spec: wanted, annotation }) =>
    wanted === undefined || annotation === undefined || wanted === annotation
      ? []
      : [
          {
            key,
            value: String(annotation),
            message: `spec.${field} is set to ${wanted} and wins; remove one of the two`,
          },
        ],
  );
}
