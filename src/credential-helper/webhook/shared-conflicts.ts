/** Where the leader leaves what the others cannot know. */
export const CONFLICTS_ANNOTATION = 'acr-credential-helper/conflicts';

/** What is known of foreign Secrets in this process. */
export interface KnownConflicts {
  isConflicted(namespace: string): boolean;
  /** Whether {@link KnownConflicts.isConflicted} is complete: on the leader, once it has been through all namespaces. */
  isComplete(): boolean;
}

/**
 * The namespaces in conflict, as every replica needs them to answer. Only the leader reads Secrets; it leaves the list in the
 * webhook configuration, which all of them read anyway.
 */
export class SharedConflicts {
  readonly #known: KnownConflicts;
  #told: ReadonlySet<string> = new Set();

  constructor(known: KnownConflicts) {
    this.#known = known;
  }

  has(namespace: string): boolean {
    if (this.#known.isConflicted(namespace)) return true;
    return !this.#known.isComplete() && this.#told.has(namespace);
  }

  /** Takes what the configuration says. */
  take(annotation: string | undefined): void {
    this.#told = new Set(namesIn(annotation));
  }

  /** @returns what the configuration is to say; undefined where this process does not know. */
  annotation(namespaces: readonly string[]): string | undefined {
    if (!this.#known.isComplete()) return undefined;
    return namespaces
      .filter((name) => this.#known.isConflicted(name))
      .toSorted()
      .join(',');
  }
}

function namesIn(annotation: string | undefined): string[] {
  return (annotation ?? '').split(',').filter((name) => name !== '');
}
