import type { ImageCache } from '../alibaba/eci-answers.ts';
import type { ReflectorEvent } from '../kube/reflector.ts';
import type { ImageCacheCreator, ImageCacheCreatorOptions } from './creator.ts';
import { decideImageCache } from './decide.ts';
import type { ImageCacheDecision } from './decide.ts';
import { mapImageCacheStatus } from './map-status.ts';
import { createRecord, fingerprint, uidOf } from './record.ts';
import type { ImageCacheRecord } from './record.ts';
import type { ImageCacheObject } from './types.ts';

const POLL_IN_PROGRESS_MS = 5000;
const POLL_STEADY_MS = 120_000;

export interface ImageCacheControllerOptions extends ImageCacheCreatorOptions {
  creator: ImageCacheCreator;
  workers: number;
}

/** Makes image caches of ImageCache objects, mirrors their state and deletes them with the object. Caches are immutable. */
export class ImageCacheController {
  readonly #options: ImageCacheControllerOptions;
  readonly #records = new Map<string, ImageCacheRecord>();

  constructor(options: ImageCacheControllerOptions) {
    this.#options = options;
  }

  /** Takes an event of the ImageCache reflector. */
  handle(event: ReflectorEvent<ImageCacheObject>): void {
    const uid = event.object.metadata?.uid ?? '';
    if (event.type === 'deleted') {
      this.#records.delete(uid);
      return;
    }
    const record = this.#records.get(uid);
    if (record !== undefined) record.object = event.object;
    else {
      this.#records.set(uid, createRecord(event.object));
    }
    this.#options.queue.add(uid, { priority: 0 });
  }

  /** Polls ECI and works the queue until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const queue = this.#options.queue.run({
      workers: this.#options.workers,
      handler: (uid) => this.#sync(uid),
      signal,
    });
    await Promise.all([queue, this.#poll(signal)]);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { inventory, logger, queue } = this.#options;
    while (!signal.aborted) {
      let pauseMs = POLL_IN_PROGRESS_MS;
      try {
        if (this.#records.size > 0) {
          await inventory.refresh(this.#knownIds());
          this.#countAbsences();
          for (const uid of this.#records.keys()) queue.add(uid, { priority: 1 });
          if (!inventory.inProgress() && !this.#anyUnsettled()) pauseMs = POLL_STEADY_MS;
        }
      } catch (error) {
        logger.warn('listing image caches failed', { error });
      }
      await this.#sleepUntilNeeded(pauseMs, signal);
    }
  }

  /** A new object must not wait for the end of a long pause. */
  async #sleepUntilNeeded(pauseMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.nowMs() + pauseMs;
    while (!signal.aborted && clock.nowMs() < untilMs) {
      await clock.sleep(Math.min(1000, untilMs - clock.nowMs()), signal).catch(() => {});
      const waiting = this.#records.size > 0 && this.#options.inventory.listings === 0;
      const progressing = pauseMs > POLL_IN_PROGRESS_MS && this.#options.inventory.inProgress();
      if (waiting || progressing) return;
    }
  }

  #knownIds(): string[] {
    return [...this.#records.values()].flatMap(({ object }) => {
      const id = object.status?.imageCacheId ?? '';
      return id === '' || object.status?.reason === 'Expired' ? [] : [id];
    });
  }

  #anyUnsettled(): boolean {
    return [...this.#records.values()].some(
      (record) => record.absences > 0 && record.object.status?.reason !== 'Expired',
    );
  }

  #countAbsences(): void {
    for (const [uid, record] of this.#records) {
      const imageCacheId = record.object.status?.imageCacheId ?? '';
      const found = this.#options.inventory.find({ uid, imageCacheId }) !== undefined;
      record.absences = found || imageCacheId === '' ? 0 : record.absences + 1;
    }
  }

  async #sync(uid: string): Promise<void> {
    const record = this.#records.get(uid);
    if (record === undefined) return;
    const { inventory, clock } = this.#options;
    const cache = inventory.find({ uid, imageCacheId: record.object.status?.imageCacheId ?? '' });
    const held = record.hold !== undefined && record.hold.fingerprint === fingerprint(record.object);
    const decision = decideImageCache({
      object: record.object,
      cache,
      listed: inventory.listings > 0,
      absences: record.absences,
      holdUntilMs: held ? record.hold?.untilMs : undefined,
      deleteAccepted: record.deleteAccepted,
      nowMs: clock.nowMs(),
    });
    await this.#carryOut(record, decision, cache);
  }

  async #carryOut(
    record: ImageCacheRecord,
    decision: ImageCacheDecision,
    cache: ImageCache | undefined,
  ): Promise<void> {
    switch (decision.do) {
      case 'nothing':
        if (decision.againInMs !== undefined) this.#again(record, decision.againInMs);
        return;
      case 'add-finalizer':
        return await this.#options.reporter.setFinalizer(record, true);
      case 'create':
        return await this.#options.creator.create(record);
      case 'mirror':
        if (cache !== undefined) await this.#mirror(record, cache, decision.specChanged);
        return;
      case 'mark-expired':
        return await this.#markExpired(record);
      case 'delete':
        return await this.#delete(record, cache);
      case 'remove-finalizer':
        return await this.#removeFinalizer(record);
    }
  }

  async #mirror(record: ImageCacheRecord, cache: ImageCache, specChanged: boolean): Promise<void> {
    const { object } = record;
    const generation = object.metadata?.generation;
    if (specChanged && record.warnedGeneration !== generation) {
      record.warnedGeneration = generation;
      const message = `image cache ${cache.imageCacheId} was made from an earlier spec and is left as it is; delete and create the ImageCache to apply the change`;
      this.#options.reporter.emit(object, 'Warning', 'SpecChangeIgnored', message);
    }
    const before = object.status;
    const status = mapImageCacheStatus(cache, before, this.#options.clock.nowMs());
    if (status === undefined) return;
    await this.#options.reporter.writeStatus(record, status);
    if (before?.phase === status.phase) return;
    if (status.phase === 'Ready')
      this.#options.reporter.emit(object, 'Normal', 'Ready', `image cache ${cache.imageCacheId} is ready`);
    if (status.phase === 'Failed') this.#options.reporter.emit(object, 'Warning', 'Failed', status.reason ?? '');
  }

  async #markExpired(record: ImageCacheRecord): Promise<void> {
    const { object } = record;
    const id = object.status?.imageCacheId ?? '';
    this.#options.reporter.emit(
      object,
      'Warning',
      'Expired',
      `image cache ${id} no longer exists at ECI: its retention ended or it was deleted`,
    );
    await this.#options.reporter.writePhase(record, { phase: 'Failed', reason: 'Expired' });
  }

  async #delete(record: ImageCacheRecord, cache: ImageCache | undefined): Promise<void> {
    const { object } = record;
    const imageCacheId = cache?.imageCacheId ?? object.status?.imageCacheId ?? '';
    if (this.#options.inventory.isForeign({ uid: uidOf(object), imageCacheId })) {
      this.#options.logger.warn('the image cache in the status belongs to another object and is left alone', {
        imageCache: object.metadata?.name,
        imageCacheId,
      });
      record.deleteAccepted = true;
      this.#again(record, 0);
      return;
    }
    try {
      await this.#options.eci.deleteImageCache({ imageCacheId, clientToken: `${uidOf(object)}-d` });
    } catch (error) {
      const failure = this.#options.classify(error);
      this.#options.reporter.emit(object, 'Warning', 'ProviderDeleteFailed', `${failure.code}: ${failure.message}`);
      this.#options.queue.addWithBackoff(uidOf(object), { priority: 1 });
      return;
    }
    this.#options.logger.info('image cache deleted', { imageCache: object.metadata?.name, imageCacheId });
    record.deleteAccepted = true;
    this.#options.inventory.remove(imageCacheId);
    this.#again(record, 0);
  }

  async #removeFinalizer(record: ImageCacheRecord): Promise<void> {
    if (!record.deleteAccepted && record.prepared !== undefined) {
      // A create without a definite answer may have made a cache: look before letting the object go.
      await this.#options.inventory.refresh();
      record.prepared = undefined;
      this.#again(record, 0);
      return;
    }
    await this.#options.reporter.setFinalizer(record, false);
  }

  #again(record: ImageCacheRecord, delayMs: number): void {
    this.#options.queue.add(uidOf(record.object), { priority: 0, delayMs });
  }
}
