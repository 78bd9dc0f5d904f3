/**
 * In which namespaces there is a Secret of our name that is not ours. Known in the process that works on the namespaces; what it
 * knows reaches the webhooks of other replicas through the webhook configuration.
 */
export class ConflictBook {
  readonly #namespaces = new Set<string>();
  #isComplete = false;

  isConflicted(namespace: string): boolean {
    return this.#namespaces.has(namespace);
  }

  /** Was every watched namespace looked at, so that one that is not in here has no conflict? */
  isComplete(): boolean {
    return this.#isComplete;
  }

  note(namespace: string, isConflicted: boolean): void {
    if (isConflicted) this.#namespaces.add(namespace);
    else this.#namespaces.delete(namespace);
  }

  complete(): void {
    this.#isComplete = true;
  }

  /** Forgets everything: somebody else works on the namespaces now. */
  clear(): void {
    this.#namespaces.clear();
    this.#isComplete = false;
  }

  list(): ReadonlySet<string> {
    return this.#namespaces;
  }
}
