/** A sender that keeps to windows may have 64 KiB under way; it is told when half of that was taken. */
const UPDATE_BYTES = 32_768;

/**
 * What may wait in memory for slow readers, in the whole session. Kubernetes' client keeps no windows, so beyond this the
 * transport is not read, and a stream that nobody reads holds the others up.
 */
const MAX_BUFFERED_BYTES = 1_048_576;

/** The whole session, in WINDOW_UPDATE. */
const SESSION = 0;

/** Counts what was received and not yet taken, gives senders their windows back, and says when reading has to stop. */
export class ReceiveWindow {
  readonly #update: (streamId: number, delta: number) => void;
  readonly #taken = new Map<number, number>();
  #bufferedBytes = 0;
  #roomAgain = Promise.withResolvers<void>();

  /** @param update sends WINDOW_UPDATE. */
  constructor(update: (streamId: number, delta: number) => void) {
    this.#update = update;
  }

  received(bytes: number): void {
    this.#bufferedBytes += bytes;
  }

  /** @param streamId 0 for bytes that belong to no stream any more. */
  consumed(streamId: number, bytes: number): void {
    this.#bufferedBytes -= bytes;
    this.#give(SESSION, bytes);
    if (streamId !== SESSION) this.#give(streamId, bytes);
    if (this.#bufferedBytes <= MAX_BUFFERED_BYTES) this.#roomAgain.resolve();
  }

  forget(streamId: number): void {
    this.#taken.delete(streamId);
  }

  /** Waits until reading may go on, or the session is over. */
  async room(closed: AbortSignal): Promise<void> {
    if (this.#bufferedBytes <= MAX_BUFFERED_BYTES || closed.aborted) return;
    this.#roomAgain = Promise.withResolvers();
    const onClosed = (): void => this.#roomAgain.resolve();
    closed.addEventListener('abort', onClosed, { once: true });
    await this.#roomAgain.promise;
    closed.removeEventListener('abort', onClosed);
  }

  #give(id: number, bytes: number): void {
    const taken = (this.#taken.get(id) ?? 0) + bytes;
    if (taken < UPDATE_BYTES) {
      this.#taken.set(id, taken);
      return;
    }
    this.#taken.delete(id);
    this.#update(id, taken);
  }
}
