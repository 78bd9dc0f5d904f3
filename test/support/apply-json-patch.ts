import type { JsonPatchOperation } from '../../src/webhook/admission-review.ts';

/** Applies what a webhook answers, as the API server does. @throws when a path leads nowhere. */
export function applyJsonPatch<T extends object>(object: T, patch: readonly JsonPatchOperation[]): T {
  const copy = structuredClone(object);
  for (const operation of patch) {
    const tokens = operation.path
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = tokens.pop() ?? '';
    let parent: unknown = copy;
    for (const token of tokens) parent = memberOf(parent, token);
    if (operation.op === 'remove') throw new Error('not needed here');
    if (Array.isArray(parent)) parent.push(operation.value);
    else if (typeof parent === 'object' && parent !== null) Object.assign(parent, { [last]: operation.value });
    else throw new Error(`${operation.path} leads nowhere`);
  }
  return copy;
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) throw new Error(`there is no ${key}`);
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
