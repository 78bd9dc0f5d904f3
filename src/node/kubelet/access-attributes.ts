import type { Route } from './routes.ts';

/** What a caller must be allowed: `verb` on `nodes/<subresource>` of our node. */
export interface AccessAttributes {
  verb: string;
  /** Any of these suffices, the first is asked for first. */
  subresources: readonly string[];
}

const verbs: Readonly<Partial<Record<string, string>>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * Says what a caller must be allowed to send `method` to a route. Pure. A method without a verb stays what it is, which nobody
 * but a holder of `*` is allowed.
 */
export function accessAttributes(method: string, route: Route): AccessAttributes {
  const verb = route.hardened === true ? 'create' : (verbs[method] ?? method.toLowerCase());
  return { verb, subresources: route.subresources };
}
