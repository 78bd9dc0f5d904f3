import type { ImageCache } from '../alibaba/eci-answers.ts';
import type { EciClient } from '../alibaba/eci-client.ts';
import { clusterTag, ownerUid } from './tags.ts';

/** Largest page that is known to work; the maximum is not documented. */
const PAGE_SIZE = 50;

/** The image caches of this cluster as ECI listed them last. Knows caches by the object UID in their tags and by id. */
export class ImageCacheInventory {
  readonly #eci: EciClient;
  readonly #clusterId: string;
  #byUid = new Map<string, ImageCache>();
  #byId = new Map<string, ImageCache>();
  #listings = 0;
  /** Made since the listing in progress was begun: it need not have them. */
  #addedMeanwhile: ImageCache[] = [];
  #refreshing: Promise<void> | undefined;

  constructor(options: { eci: EciClient; clusterId: string }) {
    this.#eci = options.eci;
    this.#clusterId = options.clusterId;
  }

  /** Number of complete listings so far; 0 means that absence says nothing yet. */
  get listings(): number {
    return this.#listings;
  }

  /** @returns the cache of an object, by its UID or by the id in its status; never one that was made for another object. */
  find(owner: { uid: string; imageCacheId: string }): ImageCache | undefined {
    return this.#byUid.get(owner.uid) ?? (this.isForeign(owner) ? undefined : this.#byId.get(owner.imageCacheId));
  }

  /** Does the id in the status lead to a cache that was made for another object? Then the status is wrong, or lies. */
  isForeign({ uid, imageCacheId }: { uid: string; imageCacheId: string }): boolean {
    const cache = this.#byId.get(imageCacheId);
    const madeFor = cache === undefined ? undefined : ownerUid(cache);
    return madeFor !== undefined && madeFor !== uid;
  }

  /** Records a cache that was just created, ahead of the next listing. */
  add(cache: ImageCache): void {
    this.#index(this.#byUid, this.#byId, cache);
    this.#addedMeanwhile.push(cache);
  }

  /** Forgets a cache whose deletion was accepted. */
  remove(imageCacheId: string): void {
    const cache = this.#byId.get(imageCacheId);
    this.#byId.delete(imageCacheId);
    const uid = cache === undefined ? undefined : ownerUid(cache);
    if (uid !== undefined) this.#byUid.delete(uid);
  }

  /** True while a cache is in the making, so that listings should be frequent. */
  inProgress(): boolean {
    return [...this.#byId.values()].some((cache) => cache.status !== 'Ready' && cache.status !== 'Failed');
  }

  /**
   * Lists every cache with our cluster's tag; concurrent callers share one listing. Caches named by `foreignIds` that the
   * listing lacks (made by another controller, without our tags) are asked for one by one.
   * @throws AlibabaCloudError when any page fails: half a listing would look like missing caches.
   */
  async refresh(foreignIds: readonly string[] = []): Promise<void> {
    this.#refreshing ??= this.#refresh(foreignIds).finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #refresh(foreignIds: readonly string[]): Promise<void> {
    const byUid = new Map<string, ImageCache>();
    const byId = new Map<string, ImageCache>();
    this.#addedMeanwhile = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#eci.describeImageCaches({
        tag: [clusterTag(this.#clusterId)],
        limit: PAGE_SIZE,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      for (const cache of page.items) this.#index(byUid, byId, cache);
      nextToken = page.nextToken === '' ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    for (const imageCacheId of foreignIds) {
      if (byId.has(imageCacheId)) continue;
      const page = await this.#eci.describeImageCaches({ imageCacheId, limit: 1 });
      for (const cache of page.items) this.#index(byUid, byId, cache);
    }
    for (const cache of this.#addedMeanwhile) if (!byId.has(cache.imageCacheId)) this.#index(byUid, byId, cache);
    this.#byUid = byUid;
    this.#byId = byId;
    this.#listings += 1;
  }

  #index(byUid: Map<string, ImageCache>, byId: Map<string, ImageCache>, cache: ImageCache): void {
    byId.set(cache.imageCacheId, cache);
    const uid = ownerUid(cache);
    if (uid !== undefined) byUid.set(uid, cache);
  }
}
