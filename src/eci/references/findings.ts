import type { Problem } from '../../annotations/types.ts';
import type { Note } from '../../credentials/types.ts';
import { describeReference } from '../../kube/object-reference.ts';
import type { ObjectReference } from '../../kube/object-reference.ts';

/** What the Pod says of a reference: whether it can do without. */
export interface Need {
  reference: ObjectReference;
  optional: boolean;
}

/**
 * What was noticed while environment and volumes of a Pod were put together: what is missing, what can never work, and what
 * should be said. The same thing is told once, however many containers refer to it.
 */
export class Findings {
  readonly #missing = new Map<string, ObjectReference>();
  readonly #notes = new Map<string, Note>();
  readonly #problems = new Map<string, Problem>();
  readonly #why = new Map<string, string>();

  /** Mandatory objects and keys that do not exist, or may not be read. */
  get missing(): readonly ObjectReference[] {
    return [...this.#missing.values()];
  }

  get notes(): readonly Note[] {
    return [...this.#notes.values()];
  }

  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  /** One clause for each missing object: `ConfigMap default/a does not exist`. */
  get message(): string {
    return [...this.#why.values()].join('; ');
  }

  /** Something that does not exist: a ConfigMap, a Secret, or a key of one. */
  absent({ reference, optional }: Need & { reference: ObjectReference & { kind: 'ConfigMap' | 'Secret' } }): void {
    const { kind, key } = reference;
    const what = key === undefined ? kind : (`${kind}Key` as const);
    const text = `${describeReference(reference)} does not exist`;
    if (optional) {
      this.note({ type: 'Warning', reason: `Optional${what}NotFound`, message: `${text}; the Pod goes on without` });
      return;
    }
    this.note({ type: 'Warning', reason: `Mandatory${what}NotFound`, message: `${text}; the Pod waits for it` });
    this.waitFor(reference, text);
  }

  /** Something that may not be read. That nobody needs it cannot be known, so that optional ones are waited for as well. */
  refused(
    { reference, optional }: Need & { reference: ObjectReference & { kind: 'ConfigMap' | 'Secret' } },
    why: string,
  ): void {
    const text = `${describeReference(reference)} cannot be read: ${why}`;
    const reason = `FailedToRead${optional ? 'Optional' : 'Mandatory'}${reference.kind}` as const;
    this.note({ type: 'Warning', reason, message: text });
    this.waitFor(reference, text);
  }

  /** Anything else that has to appear first. @param why a clause that names it. */
  waitFor(reference: ObjectReference, why: string): void {
    const name = describeReference(reference);
    this.#missing.set(name, reference);
    this.#why.set(name, why);
  }

  note(note: Note): void {
    this.#notes.set(`${note.reason} ${note.message}`, note);
  }

  problem(problem: Problem): void {
    this.#problems.set(`${problem.key} ${problem.value} ${problem.message}`, problem);
  }
}
