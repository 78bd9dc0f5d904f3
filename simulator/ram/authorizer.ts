import { SimError, type Authorizer, type Principal } from '../types.ts';
import { accessDenied, type DenyingPolicy } from './access-denied.ts';
import type { ConditionContext } from './conditions.ts';
import type { RamDirectory, Role } from './directory.ts';
import { evaluate } from './evaluate.ts';
import { parsePermissionPolicy } from './policy-document.ts';
import { trustsPrincipal } from './trust.ts';

/** An {@link Authorizer} with the check that STS makes, which needs the conditions of the request. */
export interface RamAuthorizer extends Authorizer {
  /**
   * Checks that a principal may assume a role: the role exists, the principal's own policies allow it, the role trusts it.
   * @throws SimError `EntityNotExist.Role`, or `NoPermission` whose detail tells the two refusals apart.
   */
  requireAssumable(principal: Principal, roleArn: string, context?: ConditionContext): Role;
}

interface Denial {
  policyType: DenyingPolicy;
  explicit: boolean;
}

/** Creates the evaluation of RAM over a directory. */
export function createAuthorizer(directory: RamDirectory): RamAuthorizer {
  const denial = (principal: Principal, action: string, resource: string): Denial | undefined => {
    if (
      principal.kind === 'anonymous' ||
      principal.kind === 'service' ||
      belongsToAnother(principal, action, resource)
    ) {
      return { policyType: 'AccountLevelIdentityBasedPolicy', explicit: false };
    }
    if (principal.kind === 'root') return undefined;
    if (principal.sessionPolicy !== undefined) {
      const session = parsePermissionPolicy(JSON.parse(principal.sessionPolicy));
      const verdict = evaluate(session, { action, resource });
      if (verdict !== 'Allow') return { policyType: 'SessionPolicy', explicit: verdict === 'ExplicitDeny' };
    }
    const verdict = evaluate(directory.permissionsOf(principal.arn), { action, resource });
    if (verdict === 'Allow') return undefined;
    return { policyType: 'AccountLevelIdentityBasedPolicy', explicit: verdict === 'ExplicitDeny' };
  };

  const requireAllowed = (principal: Principal, action: string, resource: string): void => {
    const denied = denial(principal, action, resource);
    if (denied !== undefined) throw accessDenied(principal, { action, ...denied });
  };

  const requireAssumable = (principal: Principal, roleArn: string, context: ConditionContext = {}): Role => {
    if (principal.kind === 'root') {
      throw new SimError(403, 'NoPermission', 'Roles may not be assumed by root accounts.');
    }
    const role = directory.findRole(roleArn);
    if (role === undefined) throw new SimError(404, 'EntityNotExist.Role', 'The specified Role not exists.');
    // A service has no policies of its own; that the role trusts it is enough.
    if (principal.kind !== 'service') requireAllowed(principal, 'sts:AssumeRole', role.arn);
    if (!trustsPrincipal(role.trust, principal, context)) {
      throw accessDenied(principal, { action: 'sts:AssumeRole', policyType: 'AssumeRolePolicy' });
    }
    return role;
  };

  return {
    require: requireAllowed,
    allows: (principal, action, resource) => denial(principal, action, resource) === undefined,
    trusts: (roleArn, principal) => {
      const role = directory.findRole(roleArn);
      return role !== undefined && trustsPrincipal(role.trust, principal);
    },
    requireAssumable,
    assumeAs: (service, roleArn, sessionPolicy) => {
      const role = requireAssumable(service, roleArn);
      return {
        kind: 'role-session',
        accountId: role.accountId,
        arn: role.arn,
        sessionName:
          service.kind === 'service' ? (service.arn.split('.')[0] ?? 'service') : (service.sessionName ?? 'session'),
        accessKeyId: '',
        chainDepth: (service.chainDepth ?? 0) + 1,
        ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
      };
    },
  };
}

/**
 * Policies of one account say nothing about resources of another. Roles are the exception, because their trust policy is the
 * other account's consent.
 */
function belongsToAnother(principal: Principal, action: string, resource: string): boolean {
  if (action.toLowerCase() === 'sts:assumerole') return false;
  const accountId = resource.split(':')[3];
  return accountId !== undefined && /^\d+$/.test(accountId) && accountId !== principal.accountId;
}
