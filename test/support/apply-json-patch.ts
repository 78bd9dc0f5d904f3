import type { JsonPatchOperation } from '../../src/kube/patch.ts';

/** Applies a JSON patch as the API server does. @throws when a path leads nowhere. Source: RFC 6902. */
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
    if (Array.isArray(parent)) changeList(parent, last, operation);
    else if (typeof parent !== 'object' || parent === null) throw new Error(`${operation.path} leads nowhere`);
    else if (operation.op === 'remove') {
      memberOf(parent, last);
      Reflect.deleteProperty(parent, last);
    } else Object.assign(parent, { [last]: operation.value });
  }
  return copy;
}

function changeList(list: unknown[], token: string, operation: JsonPatchOperation): void {
  const index = token === '-' ? list.length : Number(token);
  const limit = operation.op === 'add' ? list.length : list.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > limit) throw new Error(`${operation.path} leads nowhere`);
  if (operation.op === 'remove') list.splice(index, 1);
  else list.splice(index, operation.op === 'add' ? 0 : 1, operation.value);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) throw new Error(`there is no ${key}`);
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
