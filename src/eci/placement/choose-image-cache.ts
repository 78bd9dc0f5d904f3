import type { ImageCache } from '../../alibaba/eci-answers.ts';
import { ImageReferenceError, parseImageReference } from '../../images/image-reference.ts';

/** How well an image cache has to match the images of a Pod. */
export interface MatchDemand {
  /** The distinct images of the Pod, as its containers name them. */
  readonly images: readonly string[];
  /** Of these, so many must be in the cache; all of them for a perfect match. */
  readonly least: number;
}

/**
 * Chooses the cache that spares the most pulls: by the number of images that match, then the smaller one, then the newer one.
 * Source: ECI help centre, overview of image caches, matching.
 * @returns undefined when none that can be used holds enough.
 */
export function chooseImageCache(caches: readonly ImageCache[], demand: MatchDemand): ImageCache | undefined {
  const wanted = new Set(demand.images.map(normalised));
  return caches
    .filter(({ status }) => status === 'Ready')
    .map((cache) => ({ cache, degree: new Set(cache.images.map(normalised)).intersection(wanted).size }))
    .filter(({ degree }) => degree >= demand.least)
    .toSorted(
      (a, b) =>
        b.degree - a.degree ||
        (a.cache.imageCacheSize ?? Infinity) - (b.cache.imageCacheSize ?? Infinity) ||
        (b.cache.creationTime ?? '').localeCompare(a.cache.creationTime ?? ''),
    )
    .at(0)?.cache;
}

/** One spelling for all that mean the same image: `nginx` is `docker.io/library/nginx:latest`. */
export function normalised(image: string): string {
  try {
    const { host, repository, tag, digest } = parseImageReference(image);
    const version = digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`;
    return `${host}/${repository}${version}`;
  } catch (error) {
    if (error instanceof ImageReferenceError) return image;
    throw error;
  }
}
