import type { EciClient } from '../alibaba/eci-types.ts';
import type { ErrorClass } from '../alibaba/errors.ts';
import type { Clock } from '../clock.ts';
import type { WorkQueue } from '../kube/work-queue.ts';
import type { Logger } from '../telemetry/types.ts';
import type { ImageCacheInventory } from './inventory.ts';
import { prepareImageCache } from './prepare.ts';
import type { Prepared, PrepareOptions } from './prepare.ts';
import { fingerprint, problemText, uidOf } from './record.ts';
import type { ImageCacheRecord } from './record.ts';
import type { ImageCacheReporter } from './reporter.ts';

const SECRET_RETRY_MS = 15_000;
const SLOW_RETRY_MS = 300_000;

/** A ClientToken was used before with other parameters. Source: ECS API reference, idempotency. */
const TOKEN_MISMATCH = 'IdempotentParameterMismatch';

export interface ImageCacheCreatorOptions extends PrepareOptions {
  clock: Clock;
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
        await inventory.refresh();
        if (inventory.find({ uid: uidOf(object), imageCacheId: '' }) !== undefined) {
          reporter.emit(object, 'Normal', 'ProviderAdopted', 'took over the image cache after an answer was lost');
          this.#again(record, 0);
          return;
        }
        prepared = record.prepared.value;
      } else {
        prepared = await prepareImageCache(object, this.#options);
        if (prepared.kind === 'ready') reporter.emitAll(object, prepared.notes);
      }
      if (prepared.kind !== 'ready') return await this.#notReady(record, prepared);
      record.prepared = { fingerprint: mark, value: prepared };
      const created = await eci.createImageCache(prepared.request);
      record.prepared = undefined;
      record.hold = undefined;
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

  async #notReady(record: ImageCacheRecord, prepared: Exclude<Prepared, { kind: 'ready' }>): Promise<void> {
    const { reporter } = this.#options;
    const { object } = record;
    const mark = fingerprint(object);
    if (prepared.kind === 'invalid') {
      for (const problem of prepared.problems) reporter.emit(object, 'Warning', prepared.reason, problemText(problem));
      record.hold = { untilMs: Number.MAX_SAFE_INTEGER, fingerprint: mark };
      const reason = `${prepared.reason}: ${prepared.problems.map(problemText).join('; ')}`;
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
    const { classify, clock, inventory, logger, queue, reporter } = this.#options;
    const { object } = record;
    const failure = classify(error);
    // An earlier process sent this token, with other passwords: what it made shows up in a listing sooner or later.
    const sentBefore = failure.code === TOKEN_MISMATCH;
    const transient = failure.class === 'transient' || sentBefore;
    if (sentBefore) await inventory.refresh().catch(() => {});
    const requestId = failure.requestId === undefined ? '' : ` (request id ${failure.requestId})`;
    const message = `${failure.message}${requestId}`;
    logger.warn('image cache is not created', {
      imageCache: object.metadata?.name,
      code: failure.code,
      class: failure.class,
      requestId: failure.requestId,
      message: failure.message,
    });
    reporter.emit(
      object,
      'Warning',
      failure.credential ? 'ImageCredentialsFailed' : 'CreateImageCacheFailed',
      `${failure.code}: ${message}`,
    );
    const mark = fingerprint(object);
    // Only a definite answer frees the request: without one the same call must be repeatable.
    if (!transient || sentBefore) record.prepared = undefined;
    if (transient) {
      queue.addWithBackoff(uidOf(object), { priority: 1 });
      return await reporter.writePhase(record, { phase: 'Pending', reason: `${failure.code}: ${message}` });
    }
    const final = failure.class === 'permanent' && !failure.credential;
    record.hold = { untilMs: final ? Number.MAX_SAFE_INTEGER : clock.nowMs() + SLOW_RETRY_MS, fingerprint: mark };
    if (!final) this.#again(record, SLOW_RETRY_MS);
    await reporter.writePhase(record, { phase: final ? 'Failed' : 'Pending', reason: `${failure.code}: ${message}` });
  }

  #again(record: ImageCacheRecord, delayMs: number): void {
    this.#options.queue.add(uidOf(record.object), { priority: 0, delayMs });
  }
}
