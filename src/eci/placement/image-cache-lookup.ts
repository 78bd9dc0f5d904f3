import type { ImageCache } from '../../alibaba/eci-answers.ts';
import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import { createTtlCache } from '../../credentials/ttl-cache.ts';
import { collectPages } from '../feed/collect-pages.ts';
import { normalised, type MatchDemand } from './choose-image-cache.ts';

/**
 * Long enough for the Pods of a Deployment to share one look-up. Shorter than the pause before another attempt, which must not be
 * answered with the cache that was refused to the one before.
 */
const TTL_MS = 10_000;
/** Distinct lists of images that are remembered. */
const MAX_ENTRIES = 500;
/** Images that one question may name. Source: ECI API reference, DescribeImageCaches, MatchImage. */
const MAX_IMAGES = 100;
const PAGE_LIMIT = 50;

/** Finds the image caches of the account that hold enough of a Pod's images. */
export interface ImageCacheLookup {
  /** @returns caches of any status, in no order. @throws what the call throws: then nothing is known. */
  find(demand: MatchDemand): Promise<readonly ImageCache[]>;
}

/** Creates the look-up. Concurrent questions for the same images share one call, and answers are believed for ten seconds. */
export function createImageCacheLookup(options: {
  eci: Pick<EciClient, 'describeImageCaches'>;
  clock: Clock;
}): ImageCacheLookup {
  const answers = createTtlCache<readonly ImageCache[]>({
    clock: options.clock,
    maxEntries: MAX_ENTRIES,
    ttlMs: () => TTL_MS,
  });
  return {
    find: async ({ images, least }) => {
      const asked = [...new Set(images.map(normalised))].sort().slice(0, MAX_IMAGES);
      return await answers.get(JSON.stringify([asked, least]), () =>
        collectPages((nextToken) =>
          options.eci.describeImageCaches({
            matchImage: asked,
            ...(least >= asked.length ? { imageFullMatch: true } : { imageMatchCountRequest: least }),
            limit: PAGE_LIMIT,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        ),
      );
    },
  };
}
