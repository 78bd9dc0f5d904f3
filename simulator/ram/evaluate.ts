import { conditionsHold, type ConditionContext } from './conditions.ts';
import type { PermissionStatement } from './policy-document.ts';
import { matchesPattern } from './wildcard.ts';

/** What a set of policies says: an explicit denial wins over any permission, and nothing said is a denial too. */
export type Verdict = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';

/**
 * Evaluates the statements of one set of policies.
 * Source: RAM documentation, How RAM evaluates policies.
 */
export function evaluate(
  statements: readonly PermissionStatement[],
  request: { action: string; resource: string; context?: ConditionContext },
): Verdict {
  // Consoles of different ages print role names in different case, so RAM's own ARNs are compared without it.
  const ignoreCase = request.resource.startsWith('acs:ram:');
  const applicable = statements.filter((statement) => {
    const named = statement.actions.some((pattern) => matchesPattern(pattern, request.action, { ignoreCase: true }));
    return (
      named !== statement.negated &&
      statement.resources.some((pattern) => matchesPattern(pattern, request.resource, { ignoreCase })) &&
      conditionsHold(statement.conditions, request.context ?? {})
    );
  });
  if (applicable.some(({ effect }) => effect === 'Deny')) return 'ExplicitDeny';
  return applicable.length > 0 ? 'Allow' : 'ImplicitDeny';
}
