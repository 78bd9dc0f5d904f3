import { constants, createInflate } from 'node:zlib';
import { headerDictionary } from './dictionary.ts';
import { SpdyError } from './spdy-error.ts';

/** A block that decompresses to more is an attack: 16 KiB of zeros would become 16 MiB. */
const MAX_BLOCK_BYTES = 65_536;

/**
 * Decompresses the header blocks of one direction. They are one zlib stream for the whole session, so every block must pass
 * through here, in order, also those that nobody reads.
 */
export class HeaderInflater {
  readonly #inflate = createInflate({
    dictionary: headerDictionary,
    flush: constants.Z_SYNC_FLUSH,
    // The default of 16 KiB is allocated anew for each block.
    chunkSize: 1024,
  });

  constructor() {
    // Errors are told to whoever waits; without a listener, one that comes late would end the process.
    this.#inflate.on('error', () => {});
  }

  /** One at a time. @throws SpdyError for what zlib refuses or a block above the limit; the session cannot go on then. */
  async inflate(block: Buffer): Promise<Buffer> {
    const inflate = this.#inflate;
    const done = Promise.withResolvers<void>();
    const parts: Buffer[] = [];
    let bytes = 0;
    const onData = (part: Buffer): void => {
      bytes += part.length;
      if (bytes <= MAX_BLOCK_BYTES) {
        parts.push(part);
        return;
      }
      // Told at once: zlib goes through its current piece before it is destroyed.
      done.reject(new SpdyError(`a header block of more than ${MAX_BLOCK_BYTES} bytes`));
      inflate.destroy();
    };
    const onError = (error: Error): void => done.reject(error);
    const onEnd = (): void => done.reject(new SpdyError('the header compression was ended'));
    inflate.on('data', onData).once('error', onError).once('end', onEnd).once('close', onEnd);
    try {
      inflate.write(block, (error) => {
        // What the stream still holds is handed to the listener before anybody is told.
        while (inflate.read() !== null);
        if (error) done.reject(error);
        else done.resolve();
      });
      await done.promise;
      return Buffer.concat(parts);
    } catch (error) {
      throw error instanceof SpdyError
        ? error
        : new SpdyError('a header block that does not decompress', { cause: error });
    } finally {
      inflate.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
    }
  }

  /** Gives the memory of zlib back. */
  close(): void {
    this.#inflate.destroy();
  }
}
