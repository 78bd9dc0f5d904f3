import { readImageReference } from '../pull/image-reference.ts';
import type { ImageCache } from './image-cache.ts';

/** @returns the normalised references of what a cache holds. */
export function cachedReferences({ images }: Pick<ImageCache, 'images'>): Set<string> {
  return new Set(images.map((image) => readImageReference(image)?.normalised ?? image));
}

/**
 * Finds the cache that spares an instance the most pulls: by match degree, then size, then age.
 * @returns undefined when no usable cache holds any of the images.
 * Source: ECI help centre, overview of image caches, matching.
 */
export function matchCache(caches: readonly ImageCache[], images: readonly string[]): ImageCache | undefined {
  const wanted = new Set(images.map((image) => readImageReference(image)?.normalised ?? image));
  return caches
    .filter(({ status }) => status === 'Ready')
    .map((cache) => ({ cache, degree: [...cachedReferences(cache)].filter((image) => wanted.has(image)).length }))
    .filter(({ degree }) => degree > 0)
    .sort((a, b) => b.degree - a.degree || a.cache.size - b.cache.size || b.cache.sequence - a.cache.sequence)[0]
    ?.cache;
}

/**
 * Tells whether a cache answers a question for images: all of them with `ImageFullMatch`, at least so many with
 * `ImageMatchCountRequest`, any of them otherwise. Source: ECI API reference, DescribeImageCaches.
 */
export function matchesImages(
  cache: Pick<ImageCache, 'images'>,
  asked: { MatchImage?: readonly string[]; ImageFullMatch?: boolean; ImageMatchCountRequest?: number },
): boolean {
  if (asked.MatchImage === undefined) {
    return true;
  }
  const wanted = new Set(asked.MatchImage.map((image) => readImageReference(image)?.normalised ?? image));
  const degree = [...cachedReferences(cache)].filter((image) => wanted.has(image)).length;
  return degree >= (asked.ImageFullMatch === true ? wanted.size : (asked.ImageMatchCountRequest ?? 1));
}
