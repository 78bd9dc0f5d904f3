/** Ends every line of a watch. Nothing else may: U+2028 and a lone CR occur inside JSON strings. */
const lineFeed = 0x0a;

/** Far above what etcd stores as one object (1.5 MB by default); more means that this is no watch. */
const maxLineBytes = 64 * 1024 * 1024;

/** Cuts a stream of bytes into lines. Characters that span two chunks stay whole, because only bytes are compared. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #partBytes = 0;

  /**
   * @returns the lines completed by this chunk, without their line feed; empty ones are left out.
   * @throws RangeError when a line does not end.
   */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      const line = this.#finish(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  /** True when the stream so far ends in the middle of a line. */
  hasPartialLine(): boolean {
    return this.#partBytes > 0;
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#partBytes += part.length;
    if (this.#partBytes > maxLineBytes) throw new RangeError(`a line is longer than ${maxLineBytes} bytes`);
  }

  #finish(last: Buffer): string {
    if (this.#parts.length === 0) return last.toString('utf8');
    const line = Buffer.concat([...this.#parts, last]).toString('utf8');
    this.#parts = [];
    this.#partBytes = 0;
    return line;
  }
}
