import type { SimClock } from '../../types.ts';
import type { Timings } from '../group/timings.ts';
import type { Puller } from '../pull/puller.ts';
import { recordEvent } from '../service-event.ts';
import type { ImageCache } from './image-cache.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Source: ECI help centre, overview of image caches: failed ones are kept for a day. */
const FAILED_KEPT_MS = DAY_MS;

/** What the life cycle works with. */
export interface CacheParts {
  readonly clock: Pick<SimClock, 'nowMs' | 'at'>;
  readonly timings: Timings;
  readonly puller: Pick<Puller, 'pull'>;
  /** Called when a cache's time has come. */
  onExpired(cache: ImageCache): void;
}

/** Makes image caches by really pulling their images. */
export class CacheLifecycle {
  readonly #parts: CacheParts;

  constructor(parts: CacheParts) {
    this.#parts = parts;
  }

  /** Starts the making of a cache that is in `Preparing`. */
  begin(cache: ImageCache): void {
    this.#event(cache, 'Started', 'Successfully check image cache resource.');
    this.#after(cache, this.#parts.timings.schedulingMs, () => {
      cache.status = 'Creating';
      void this.#pullAll(cache, 'Failed');
    });
  }

  /** Pulls the images of a changed cache again. */
  update(cache: ImageCache): void {
    cache.generation += 1;
    cache.status = 'Updating';
    cache.progress = 0;
    void this.#pullAll(cache, 'UpdateFailed');
  }

  /** Pulls that are under way come to nothing. */
  cancel(cache: ImageCache): void {
    cache.generation += 1;
  }

  async #pullAll(cache: ImageCache, statusOnFailure: 'Failed' | 'UpdateFailed'): Promise<void> {
    const { generation } = cache;
    for (const [index, image] of cache.images.entries()) {
      const outcome = await this.#parts.puller.pull(image, cache, cache.credentials);
      if (cache.generation !== generation) {
        return;
      }
      cache.credentialPaths.set(image, outcome.path);
      if (outcome.warning !== undefined) {
        cache.warnings.add(outcome.warning);
      }
      if (outcome.error !== undefined) {
        this.#event(cache, 'Failed', `Failed to pull image ${image}: ${outcome.error}`, 'Warning');
        cache.status = statusOnFailure;
        if (statusOnFailure === 'Failed') {
          this.#expireAt(cache, this.#parts.clock.nowMs() + FAILED_KEPT_MS);
        }
        return;
      }
      this.#event(cache, 'Pulled', `Success pull image ${image}`);
      // 100 is kept for the finished snapshot.
      cache.progress = Math.floor(((index + 1) / cache.images.length) * 90);
    }
    this.#after(cache, this.#parts.timings.startingMs, () => this.#ready(cache));
  }

  #ready(cache: ImageCache): void {
    cache.status = 'Ready';
    cache.progress = 100;
    this.#event(cache, 'Ready', 'Image cache is ready.');
    if (cache.retentionDays !== undefined) {
      this.#expireAt(cache, cache.createdAtMs + cache.retentionDays * DAY_MS);
    }
  }

  #expireAt(cache: ImageCache, expiresAtMs: number): void {
    cache.expiresAtMs = expiresAtMs;
    this.#parts.clock.at(expiresAtMs, () => {
      // An update may have set another time since.
      if (cache.expiresAtMs === expiresAtMs) {
        this.#parts.onExpired(cache);
      }
    });
  }

  #event(cache: ImageCache, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    recordEvent(cache, { type, reason, message, source: 'EciService' }, this.#parts.clock.nowMs());
  }

  #after(cache: ImageCache, ms: number, callback: () => void): void {
    const { generation } = cache;
    this.#parts.clock.at(this.#parts.clock.nowMs() + ms, () => {
      if (cache.generation === generation) {
        callback();
      }
    });
  }
}
