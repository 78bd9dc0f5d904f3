import { SpdyError } from './spdy-error.ts';

/** Names in lower case, as the protocol demands. Of a repeated value, the values are joined by NUL. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/**
 * Reads an uncompressed header block: a count, then length and bytes of each name and value.
 * Source: SPDY Protocol, Draft 3.1, section 2.6.10.
 * @throws SpdyError where lengths and bytes do not agree, or a name is empty or repeated.
 */
export function decodeHeaderBlock(block: Buffer): SpdyHeaders {
  let offset = 0;
  const take = (bytes: number): Buffer => {
    if (bytes > block.length - offset) throw new SpdyError('a header block ends before its headers do');
    offset += bytes;
    return block.subarray(offset - bytes, offset);
  };
  const text = (): string => take(take(4).readUInt32BE(0)).toString('utf8');
  const headers = new Map<string, string>();
  for (let left = take(4).readUInt32BE(0); left > 0; left -= 1) {
    const name = text().toLowerCase();
    if (name === '' || headers.has(name)) throw new SpdyError('a header block with an empty or repeated name');
    headers.set(name, text());
  }
  if (offset !== block.length) throw new SpdyError('a header block goes on after its headers');
  return headers;
}

/** Writes an uncompressed header block. */
export function encodeHeaderBlock(headers: Iterable<readonly [name: string, value: string]>): Buffer {
  const texts = [...headers].flat().map((text) => Buffer.from(text, 'utf8'));
  return Buffer.concat([length(texts.length / 2), ...texts.flatMap((text) => [length(text.length), text])]);
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
