import { toRfc3339 } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Note } from '../credentials/types.ts';
import { isConflict, isNotFound } from '../kube/errors.ts';
import type { EventRecorder, KubeClient } from '../kube/types.ts';
import { uidOf } from './record.ts';
import type { ImageCacheRecord } from './record.ts';
import { IMAGE_CACHE_FINALIZER, IMAGE_CACHES_PATH } from './types.ts';
import type { ImageCacheObject, ImageCacheStatus } from './types.ts';

/** Everything this controller writes to Kubernetes: status, events and the finalizer of ImageCache objects. */
export class ImageCacheReporter {
  readonly #options: { client: KubeClient; clock: Clock; events: EventRecorder };

  constructor(options: { client: KubeClient; clock: Clock; events: EventRecorder }) {
    this.#options = options;
  }

  /** Writes phase and reason and keeps the rest; no write when both stand already. */
  async writePhase(record: ImageCacheRecord, phase: { phase: string; reason: string }): Promise<void> {
    const before = record.object.status;
    if (before?.phase === phase.phase && before.reason === phase.reason) return;
    await this.writeStatus(record, {
      ...before,
      ...phase,
      progress: before?.progress ?? '0%',
      lastUpdatedTime: toRfc3339(this.#options.clock.nowMs()),
    });
  }

  /** Writes the status of the object as it was seen; an object that is gone or replaced is success. */
  async writeStatus(record: ImageCacheRecord, status: ImageCacheStatus): Promise<void> {
    const before = record.object;
    const { uid, name } = before.metadata ?? {};
    try {
      const updated = await this.#options.client.patch<ImageCacheObject>(
        `${IMAGE_CACHES_PATH}/${name ?? ''}/status`,
        { metadata: { uid }, status: withoutEmptyTexts(status) },
        'merge',
      );
      // What the watch has brought while the answer was on its way may be newer, a deletion for example.
      if (record.object === before) record.object = updated;
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** Adds or removes our finalizer under the object's resource version; other finalizers stay. */
  async setFinalizer(record: ImageCacheRecord, present: boolean): Promise<void> {
    const meta = record.object.metadata;
    const others = (meta?.finalizers ?? []).filter((name) => name !== IMAGE_CACHE_FINALIZER);
    const finalizers = present ? [...others, IMAGE_CACHE_FINALIZER] : others;
    try {
      await this.#options.client.patch(
        `${IMAGE_CACHES_PATH}/${meta?.name ?? ''}`,
        { metadata: { uid: meta?.uid, resourceVersion: meta?.resourceVersion, finalizers } },
        'merge',
      );
    } catch (error) {
      // Changed meanwhile: the watch brings the new version and with it another look. Gone: nothing to do.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }

  /** Emits every note as an event of the object. */
  emitAll(object: ImageCacheObject, notes: readonly Note[]): void {
    for (const note of notes) this.emit(object, note.type, note.reason, note.message);
  }

  /** Emits one event of the object. */
  emit(object: ImageCacheObject, type: Note['type'], reason: Note['reason'], message: string): void {
    this.#options.events.emit(
      {
        apiVersion: 'eci.alibabacloud.com/v1',
        kind: 'ImageCache',
        name: object.metadata?.name ?? '',
        uid: uidOf(object),
      },
      type,
      reason,
      message,
    );
  }
}

/**
 * Takes empty texts out: a null removes the member, and leaving one out of an event is as good as an empty one.
 * Observed: kube-apiserver 1.20.2 of Debian validates an empty string as null and answers 422.
 */
function withoutEmptyTexts(status: ImageCacheStatus): object {
  const members = Object.entries(status).map(([key, value]) => [key, value === '' ? null : value]);
  const events = status.events?.map((event) =>
    Object.fromEntries(Object.entries(event).filter(([, value]) => value !== '')),
  );
  return { ...Object.fromEntries(members), ...(events === undefined ? {} : { events }) };
}
