/** Which of the namespaces that were watched at the beginning have still to be worked on for the first time. */
export class FirstPass {
  #left: Set<string> | undefined;

  /** Only the first call counts. @returns whether there is nothing to do. */
  begin(namespaces: readonly string[]): boolean {
    if (this.#left !== undefined) return false;
    this.#left = new Set(namespaces);
    return this.#left.size === 0;
  }

  /** @returns whether this was the last one. False before it has begun. */
  passed(namespace: string): boolean {
    return this.#left !== undefined && this.#left.delete(namespace) && this.#left.size === 0;
  }
}
