import { headerDictionary } from './dictionary.ts';

/** Compression method and window as every implementation announces them, with the flag for a preset dictionary. */
const ZLIB_HEADER = [0x78, 0xbb];
const STORED_BLOCK = 0x00;
const ADLER_MODULUS = 65_521;

/**
 * An empty block, as a compressor writes it to flush.
 * Observed: Go's decompressor hands nothing on before it, so that kubectl waits for ever for the second answer.
 */
const FLUSH = [STORED_BLOCK, 0x00, 0x00, 0xff, 0xff];

/** The longest that the length field of a stored block can say. */
const MAX_STORED_BYTES = 0xffff;

/**
 * Makes header blocks of one direction into one zlib stream, without compressing them: this side sends blocks without headers,
 * for which 256 KiB of compressor per session would be spent, and an answer that waits for a thread.
 *
 * Source: RFC 1950 (header with dictionary), RFC 1951 section 3.2.4 (stored blocks).
 */
export class HeaderDeflater {
  #started = false;

  /** @param block at most 65,535 bytes. */
  deflate(block: Buffer): Buffer {
    if (block.length > MAX_STORED_BYTES) throw new RangeError('a header block above 65,535 bytes');
    const head = Buffer.alloc(5);
    head.writeUInt8(STORED_BLOCK, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ MAX_STORED_BYTES, 3);
    const parts = this.#started ? [head, block] : [streamHeader(), head, block];
    parts.push(Buffer.from(FLUSH));
    this.#started = true;
    return Buffer.concat(parts);
  }
}

function streamHeader(): Buffer {
  const bytes = Buffer.from([...ZLIB_HEADER, 0, 0, 0, 0]);
  bytes.writeUInt32BE(adler32(headerDictionary), 2);
  return bytes;
}

function adler32(bytes: Buffer): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % ADLER_MODULUS;
    high = (high + low) % ADLER_MODULUS;
  }
  return high * 0x1_0000 + low;
}
