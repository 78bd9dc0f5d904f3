import type { Call } from './action.ts';

type Resource = 'containergroup' | 'imagecache';

/**
 * Checks the caller's permission for the action.
 * @param resource kind and id; `*` for no particular one.
 * @throws SimError 403 `NoPermission`
 * Source: ECI API reference, RAM authorization.
 */
export function authorize(call: Call<unknown>, resource: { kind: Resource; id?: string }): void {
  const { service, request } = call;
  service.host.authorizer.require(request.principal, `eci:${request.action}`, arn(call, resource));
}

/** The same as a question: some actions answer with an empty list instead of a refusal. */
export function isAuthorized(call: Call<unknown>, resource: { kind: Resource; id?: string }): boolean {
  const { service, request } = call;
  return service.host.authorizer.allows(request.principal, `eci:${request.action}`, arn(call, resource));
}

function arn({ owner }: Call<unknown>, { kind, id = '*' }: { kind: Resource; id?: string }): string {
  return `acs:eci:${owner.regionId}:${owner.accountId}:${kind}/${id}`;
}
