/**
 * In which namespaces there is a Secret of our name that is not ours. The leader knows from its work and the other replicas from a
 * look now and then; all of them answer admission requests from here.
 */
export class ConflictBook {
  readonly #namespaces = new Set<string>();

  /** @returns false also for a namespace that nobody has looked at yet. */
  isConflicted(namespace: string): boolean {
    return this.#namespaces.has(namespace);
  }

  note(namespace: string, isConflicted: boolean): void {
    if (isConflicted) this.#namespaces.add(namespace);
    else this.#namespaces.delete(namespace);
  }

  /** Sorted. */
  list(): string[] {
    return [...this.#namespaces].toSorted();
  }
}
