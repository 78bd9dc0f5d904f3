import type { PolicyCondition } from './policy-document.ts';
import { matchesPattern } from './wildcard.ts';

/** Compares one expected value of a policy with one actual value of the request. */
type Comparison = (expected: string, value: string) => boolean;

const equal: Comparison = (expected, value) => expected === value;
const equalIgnoringCase: Comparison = (expected, value) => expected.toLowerCase() === value.toLowerCase();
const like: Comparison = (expected, value) => matchesPattern(expected, value, { questionMark: true });

/** What each operator does; negative ones hold when no pair of values compares. */
const comparisons = {
  StringEquals: { compare: equal, negative: false },
  StringNotEquals: { compare: equal, negative: true },
  StringEqualsIgnoreCase: { compare: equalIgnoringCase, negative: false },
  StringLike: { compare: like, negative: false },
  StringNotLike: { compare: like, negative: true },
} as const satisfies Record<string, { compare: Comparison; negative: boolean }>;

export type ConditionOperator = keyof typeof comparisons;

/** The condition operators that are evaluated; policies with others are refused when they are read. */
export const conditionOperators = Object.keys(comparisons) as ConditionOperator[];

/** Values of the request by condition key, for example `oidc:sub`. A key may have several values. */
export type ConditionContext = Readonly<Record<string, readonly string[]>>;

/**
 * Tells whether all conditions hold. Values of one key are alternatives, keys and operators add up; a key that the
 * request does not have satisfies only the negative operators.
 */
export function conditionsHold(conditions: readonly PolicyCondition[], context: ConditionContext): boolean {
  return conditions.every(({ operator, key, values }) => {
    const { compare, negative } = comparisons[operator];
    const found = (context[key] ?? []).some((value) => values.some((expected) => compare(expected, value)));
    return found !== negative;
  });
}
