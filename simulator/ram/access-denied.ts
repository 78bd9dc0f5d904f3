import { SimError, type Principal } from '../types.ts';

/** Which policy denied, in the words of `AccessDeniedDetail`. Observed: in answers of STS and of other services. */
export type DenyingPolicy = 'AccountLevelIdentityBasedPolicy' | 'SessionPolicy' | 'AssumeRolePolicy';

const principalTypes: Readonly<Record<Principal['kind'], string>> = {
  root: 'Account',
  user: 'SubUser',
  'role-session': 'AssumedRoleUser',
  service: 'Service',
  anonymous: 'Anonymous',
};

/** Builds the refusal of an action by RAM. `AccessDeniedDetail` alone tells whose policy it was; the message never does. */
export function accessDenied(
  principal: Principal,
  denial: { action: string; policyType: DenyingPolicy; explicit?: boolean },
): SimError {
  const displayName = principal.arn.split('/').at(-1) ?? principal.arn;
  return new SimError(
    403,
    'NoPermission',
    'You are not authorized to do this action. You should be authorized by RAM.',
    {
      AccessDeniedDetail: {
        AuthAction: denial.action,
        AuthPrincipalType: principalTypes[principal.kind],
        AuthPrincipalOwnerId: principal.accountId,
        AuthPrincipalDisplayName:
          principal.sessionName === undefined ? displayName : `${displayName}:${principal.sessionName}`,
        PolicyType: denial.policyType,
        NoPermissionType: denial.explicit === true ? 'ExplicitDeny' : 'ImplicitDeny',
      },
    },
  );
}
