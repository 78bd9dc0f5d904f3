import type { AlibabaCloudError } from '../../alibaba/errors.ts';
import { EciKubeletError } from '../../errors.ts';

/**
 * ECI refused the image cache that was looked up for a Pod: it was deleted or changed in between. Unlike a cache that the Pod names
 * itself, another look-up may find another one, so the next attempt comes soon and looks again.
 */
export class MatchedCacheRefused extends EciKubeletError {
  readonly requestId: string | undefined;

  constructor(imageCacheId: string, refusal: AlibabaCloudError) {
    super(refusal.code, `image cache ${imageCacheId} can no longer be used; caches are looked up again`);
    this.requestId = refusal.requestId;
  }
}
