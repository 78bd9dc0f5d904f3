import type { NameValue } from './canonical.ts';

/** A request as received, with its parameters decoded. */
export interface RawRequest {
  method: string;
  /** Without the query, still escaped. */
  path: string;
  query: readonly NameValue[];
  /** Fields of a form body; empty for other bodies. */
  form: readonly NameValue[];
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** @returns the value of a parameter in the query or else the form; undefined when absent. */
export function parameterOf(request: RawRequest, name: string): string | undefined {
  const found = [...request.query, ...request.form].find(([other]) => other === name);
  return found?.[1];
}
