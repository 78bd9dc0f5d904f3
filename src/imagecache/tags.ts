import type { ImageCache } from '../alibaba/eci-answers.ts';
import type { Tag } from '../alibaba/eci-requests.ts';

/** Tags that tie a cache to its object: the only durable link when a status write was lost. */
export const imageCacheTags = {
  cluster: 'eci-kubelet-cluster',
  uid: 'eci-kubelet-image-cache-uid',
  name: 'eci-kubelet-image-cache',
  generation: 'eci-kubelet-generation',
} as const;

/** Tag values hold at most 128 characters. */
const MAX_VALUE_LENGTH = 128;

/** The tag that selects every cache of this cluster. */
export function clusterTag(clusterId: string): Tag {
  return { key: imageCacheTags.cluster, value: clusterId };
}

/** Tags for a new cache. The generation tells later whether the spec was changed afterwards. */
export function ownershipTags(owner: { clusterId: string; uid: string; name: string; generation: number }): Tag[] {
  return [
    clusterTag(owner.clusterId),
    { key: imageCacheTags.uid, value: owner.uid },
    { key: imageCacheTags.name, value: owner.name.slice(0, MAX_VALUE_LENGTH) },
    { key: imageCacheTags.generation, value: String(owner.generation) },
  ];
}

/** @returns the UID of the object that a cache was made for. */
export function ownerUid(cache: ImageCache): string | undefined {
  return cache.tags.find((tag) => tag.key === imageCacheTags.uid)?.value;
}

/** @returns the generation of the spec that a cache was made from. */
export function createdGeneration(cache: ImageCache): number | undefined {
  const value = cache.tags.find((tag) => tag.key === imageCacheTags.generation)?.value;
  return value === undefined ? undefined : Number.parseInt(value, 10);
}
