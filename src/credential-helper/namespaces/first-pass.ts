/** Which of the namespaces that were watched at the beginning have still to be worked on for the first time. */
export class FirstPass {
  #left: Set<string> | undefined;

  /** Only the first call counts. */
  begin(namespaces: readonly string[]): void {
    this.#left ??= new Set(namespaces);
  }

  /** @returns whether this was the last one. */
  passed(namespace: string): boolean {
    return this.#left !== undefined && this.#left.delete(namespace) && this.#left.size === 0;
  }

  /** False before it has begun. */
  isOver(): boolean {
    return this.#left?.size === 0;
  }
}
