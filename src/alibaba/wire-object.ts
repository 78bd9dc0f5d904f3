import { scrub } from './scrub.ts';
import { isObject } from './untyped.ts';

/**
 * A JSON object of an answer, read tolerantly: names in any case, numbers and booleans also as text, absent lists as empty.
 * The service is not consistent in any of these. What cannot be read counts as absent; it never fails a whole listing.
 */
export class WireObject {
  readonly #raw: Readonly<Record<string, unknown>>;
  #byLowerName: Map<string, unknown> | undefined;

  constructor(raw: unknown) {
    this.#raw = isObject(raw) ? raw : {};
  }

  /** @returns the value of the first name that is there; `null` counts as absent. */
  member(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.#raw[name] ?? this.#anyCase(name);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  text(...names: readonly string[]): string | undefined {
    const value = this.member(...names);
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }

  /** A text that the service says to people. Pull errors, for example, quote the signed addresses of layers. */
  message(...names: readonly string[]): string | undefined {
    const text = this.text(...names);
    return text === undefined ? undefined : scrub(text);
  }

  number(...names: readonly string[]): number | undefined {
    const value = this.member(...names);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  }

  boolean(...names: readonly string[]): boolean | undefined {
    const value = this.member(...names);
    if (typeof value === 'boolean') return value;
    if (typeof value !== 'string') return undefined;
    const word = value.toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : undefined;
  }

  object(...names: readonly string[]): WireObject | undefined {
    const value = this.member(...names);
    return isObject(value) ? new WireObject(value) : undefined;
  }

  /** @returns the objects of a list, other items left out. */
  objects(...names: readonly string[]): WireObject[] {
    return this.#list(names)
      .filter(isObject)
      .map((item) => new WireObject(item));
  }

  texts(...names: readonly string[]): string[] {
    return this.#list(names).filter((item) => typeof item === 'string');
  }

  #list(names: readonly string[]): readonly unknown[] {
    const value = this.member(...names);
    return Array.isArray(value) ? value : [];
  }

  #anyCase(name: string): unknown {
    this.#byLowerName ??= new Map(Object.entries(this.#raw).map(([key, value]) => [key.toLowerCase(), value]));
    return this.#byLowerName.get(name.toLowerCase());
  }
}

/** Leaves out absent members, as `exactOptionalPropertyTypes` wants it. */
export function present<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
