import type { Principal } from '../types.ts';
import { conditionsHold, type ConditionContext } from './conditions.ts';
import type { TrustStatement } from './policy-document.ts';
import { matchesPattern } from './wildcard.ts';

/** The one action of trust policies, for OIDC tokens too. */
const ASSUME_ROLE = 'sts:AssumeRole';

/**
 * Tells whether a trust policy lets a principal assume its role. A session is matched by its role's ARN, and `…:root` stands for
 * every user and role of the account.
 * Source: RAM documentation, Policy elements; ECI help centre, pull images across accounts.
 */
export function trustsPrincipal(
  trust: readonly TrustStatement[],
  principal: Principal,
  context: ConditionContext = {},
): boolean {
  const isOneOf = (arns: readonly string[], own: string): boolean =>
    arns.some((arn) => arn.toLowerCase() === own.toLowerCase());
  return decide(trust, context, ({ services, ram }) => {
    if (principal.kind === 'service') return isOneOf(services, principal.arn);
    // The root of an account is trusted only on behalf of its users and roles.
    if (principal.kind !== 'user' && principal.kind !== 'role-session') return false;
    return isOneOf(ram, principal.arn) || isOneOf(ram, `acs:ram::${principal.accountId}:root`);
  });
}

/**
 * Tells whether a trust policy accepts a verified token of an OIDC provider.
 * @param context `oidc:iss`, `oidc:aud` and `oidc:sub` of the token.
 */
export function trustsToken(trust: readonly TrustStatement[], providerArn: string, context: ConditionContext): boolean {
  return decide(trust, context, (statement) =>
    statement.federated.some((arn) => arn.toLowerCase() === providerArn.toLowerCase()),
  );
}

function decide(
  trust: readonly TrustStatement[],
  context: ConditionContext,
  isAbout: (statement: TrustStatement) => boolean,
): boolean {
  const applicable = trust.filter(
    (statement) =>
      isAbout(statement) &&
      statement.actions.some((pattern) => matchesPattern(pattern, ASSUME_ROLE, { ignoreCase: true })) &&
      conditionsHold(statement.conditions, context),
  );
  return applicable.length > 0 && applicable.every(({ effect }) => effect === 'Allow');
}
