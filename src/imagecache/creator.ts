import type { EciClient } from '../alibaba/eci-client.ts';
import { isClientTokenReused } from '../alibaba/error-classes.ts';
import type { ErrorClass } from '../alibaba/errors.ts';
import { describeProblem } from '../annotations/describe-problem.ts';
import type { Clock } from '../clock.ts';
import { backoffDelayMs } from '../kube/work-queue.ts';
import type { WorkQueue } from '../kube/work-queue.ts';
import type { Logger } from '../telemetry/types.ts';
import type { ImageCacheInventory } from './inventory.ts';
import { prepareImageCache } from './prepare.ts';
import type { Prepared, PrepareOptions } from './prepare.ts';
import { fingerprint, uidOf } from './record.ts';
import type { ImageCacheRecord } from './record.ts';
import type { ImageCacheReporter } from './reporter.ts';

const SECRET_RETRY_MS = 15_000;
const SLOW_RETRY_MS = 300_000;
/** How often a token that was used before is tried again: about half a minute, far longer than listings lag. */
const MISMATCHES_BEFORE_NEW_TOKEN = 5;
const TRANSIENT_BACKOFF = { baseMs: 1000, capMs: SLOW_RETRY_MS };

export interface ImageCacheCreatorOptions extends PrepareOptions {
  clock: Clock;
  /** Jitter, in [0, 1). */
  random: () => number;
  logger: Logger;
  queue: WorkQueue;
  eci: EciClient;
  inventory: ImageCacheInventory;
  reporter: ImageCacheReporter;
  classify: (error: unknown) => {
    class: ErrorClass;
    code: string;
    message: string;
    requestId?: string;
    /** True when the failure is one of a credential chain. */
    credential: boolean;
  };
}

/** Sends CreateImageCache once per object, and says on the object why it was not sent or was refused. */
export class ImageCacheCreator {
  readonly #options: ImageCacheCreatorOptions;

  constructor(options: ImageCacheCreatorOptions) {
    this.#options = options;
  }

  /** Makes the cache of an object that has none. Failures are reported and scheduled, never thrown. */
  async create(record: ImageCacheRecord): Promise<void> {
    const { eci, inventory, logger, reporter } = this.#options;
    const { object } = record;
    const mark = fingerprint(object);
    try {
      let prepared: Prepared;
      if (record.prepared?.fingerprint === mark) {
        // The last try has no definite answer: what it may have made carries our tags.
        if (await this.#takeOver(record, 'after an answer was lost')) return;
        prepared = record.prepared.value;
      } else {
        prepared = await prepareImageCache(object, { ...this.#options, attempt: record.attempt });
        if (prepared.kind === 'ready') reporter.emitAll(object, prepared.notes);
      }
      if (prepared.kind !== 'ready') return await this.#notReady(record, prepared);
      record.prepared = { fingerprint: mark, value: prepared };
      const created = await eci.createImageCache(prepared.request);
      this.#settle(record);
      logger.info('image cache created', { imageCache: object.metadata?.name, imageCacheId: created.imageCacheId });
      inventory.add({
        imageCacheId: created.imageCacheId,
        status: 'Preparing',
        progress: '0%',
        images: prepared.request.image,
        tags: prepared.request.tag ?? [],
        events: [],
        ...(created.containerGroupId === undefined ? {} : { containerGroupId: created.containerGroupId }),
      });
      const helper =
        created.containerGroupId === undefined ? '' : `, made by container group ${created.containerGroupId}`;
      reporter.emit(object, 'Normal', 'Creating', `ECI accepted image cache ${created.imageCacheId}${helper}`);
      this.#again(record, 0);
    } catch (error) {
      await this.#createFailed(record, error);
    }
  }

  /**
   * Looks for the cache of an object by its tags.
   * @returns true when there is one; the next look at the object mirrors it.
   * @throws AlibabaCloudError when the caches cannot be listed: then nothing is known.
   */
  async #takeOver(record: ImageCacheRecord, why: string): Promise<boolean> {
    const { inventory, reporter } = this.#options;
    await inventory.refresh();
    const cache = inventory.find({ uid: uidOf(record.object), imageCacheId: '' });
    if (cache === undefined) return false;
    this.#settle(record);
    reporter.emit(record.object, 'Normal', 'ProviderAdopted', `took over image cache ${cache.imageCacheId} ${why}`);
    this.#again(record, 0);
    return true;
  }

  #settle(record: ImageCacheRecord): void {
    record.prepared = undefined;
    record.hold = undefined;
    record.failures = 0;
  }

  async #notReady(record: ImageCacheRecord, prepared: Exclude<Prepared, { kind: 'ready' }>): Promise<void> {
    const { reporter } = this.#options;
    const { object } = record;
    const mark = fingerprint(object);
    if (prepared.kind === 'invalid') {
      for (const problem of prepared.problems)
        reporter.emit(object, 'Warning', prepared.reason, describeProblem(problem));
      record.hold = { untilMs: Number.MAX_SAFE_INTEGER, fingerprint: mark };
      const reason = `${prepared.reason}: ${prepared.problems.map(describeProblem).join('; ')}`;
      return await reporter.writePhase(record, { phase: 'Failed', reason });
    }
    reporter.emitAll(object, prepared.notes);
    record.hold = { untilMs: this.#options.clock.nowMs() + SECRET_RETRY_MS, fingerprint: mark };
    this.#again(record, SECRET_RETRY_MS);
    await reporter.writePhase(record, {
      phase: 'Pending',
      reason: prepared.notes.map((note) => note.message).join('; '),
    });
  }

  async #createFailed(record: ImageCacheRecord, error: unknown): Promise<void> {
    const { classify, clock, logger, random, reporter } = this.#options;
    const { object } = record;
    const failure = classify(error);
    // An earlier process sent this token, with other passwords: what it made shows up in a listing sooner or later.
    const sentBefore = isClientTokenReused(error);
    if (sentBefore && (await this.#takeOver(record, 'after a restart').catch(() => false))) return;
    const transient = failure.class === 'transient' || sentBefore;
    const requestId = failure.requestId === undefined ? '' : ` (request id ${failure.requestId})`;
    // A failed chain names code and request id itself, at the hop that they belong to.
    const message = failure.credential ? failure.message : `${failure.code}: ${failure.message}${requestId}`;
    logger.warn('image cache is not created', {
      imageCache: object.metadata?.name,
      code: failure.code,
      class: failure.class,
      requestId: failure.requestId,
      message: failure.message,
    });
    const reason = failure.credential ? 'ImageCredentialsFailed' : 'CreateImageCacheFailed';
    reporter.emit(object, 'Warning', reason, message);
    const mark = fingerprint(object);
    // Only a definite answer frees the request: without one the same call must be repeatable.
    if (!transient || sentBefore) record.prepared = undefined;
    if (!transient) record.attempt += 1;
    if (transient) {
      record.failures += 1;
      // Whatever that token made would have been listed by now: it made nothing, and will not make anything any more.
      if (sentBefore && record.failures > MISMATCHES_BEFORE_NEW_TOKEN) record.attempt += 1;
      const delayMs = backoffDelayMs(record.failures, TRANSIENT_BACKOFF, random());
      // Writing the failure into the status brings the object back at once: only the time may lead to another call.
      record.hold = { untilMs: clock.nowMs() + delayMs, fingerprint: mark };
      this.#again(record, delayMs);
      return await reporter.writePhase(record, { phase: 'Pending', reason: message });
    }
    const final = failure.class === 'permanent' && !failure.credential;
    record.hold = { untilMs: final ? Number.MAX_SAFE_INTEGER : clock.nowMs() + SLOW_RETRY_MS, fingerprint: mark };
    if (!final) this.#again(record, SLOW_RETRY_MS);
    await reporter.writePhase(record, { phase: final ? 'Failed' : 'Pending', reason: message });
  }

  #again(record: ImageCacheRecord, delayMs: number): void {
    this.#options.queue.add(uidOf(record.object), { priority: 0, delayMs });
  }
}
