/**
 * RAM policy documents: the permission policies of users, roles and sessions, and the trust policies of roles.
 * Strict on purpose: an element that is not evaluated here is refused when the document is read, never skipped.
 * Source: RAM documentation, Policy elements and Policy structure and syntax.
 */
import { conditionOperators, type ConditionOperator } from './conditions.ts';

export interface PermissionStatement {
  effect: 'Allow' | 'Deny';
  /** Patterns such as `cr:Get*`. */
  actions: string[];
  /** True for `NotAction`: the statement is about every action but these. */
  negated: boolean;
  resources: string[];
  conditions: PolicyCondition[];
}

export interface TrustStatement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  /** ARNs of users, roles and account roots. */
  ram: string[];
  /** Names such as `eci.aliyuncs.com`. */
  services: string[];
  /** ARNs of OIDC providers. */
  federated: string[];
  conditions: PolicyCondition[];
}

export interface PolicyCondition {
  operator: ConditionOperator;
  key: string;
  values: string[];
}

/** A policy document that cannot be used; the message says which element and why. */
export class PolicyGrammarError extends Error {
  override readonly name = 'PolicyGrammarError';
}

/** @throws PolicyGrammarError */
export function parsePermissionPolicy(document: unknown): PermissionStatement[] {
  return statementsOf(document).map((statement, index) => {
    const at = `Statement[${index}]`;
    refuseUnknown(statement, ['Effect', 'Action', 'NotAction', 'Resource', 'Condition', 'Sid'], at);
    const negated = statement['NotAction'] !== undefined;
    if (negated && statement['Action'] !== undefined) {
      throw new PolicyGrammarError(`${at} has both Action and NotAction`);
    }
    return {
      effect: effectOf(statement, at),
      actions: nonEmptyStrings(
        statement[negated ? 'NotAction' : 'Action'],
        `${at}.${negated ? 'NotAction' : 'Action'}`,
      ),
      negated,
      resources: nonEmptyStrings(statement['Resource'], `${at}.Resource`),
      conditions: conditionsOf(statement['Condition'], at),
    };
  });
}

/** @throws PolicyGrammarError */
export function parseTrustPolicy(document: unknown): TrustStatement[] {
  return statementsOf(document).map((statement, index) => {
    const at = `Statement[${index}]`;
    refuseUnknown(statement, ['Effect', 'Action', 'Principal', 'Condition', 'Sid'], at);
    const principal = statement['Principal'];
    if (!isRecord(principal) || Object.keys(principal).length === 0) {
      throw new PolicyGrammarError(`${at}.Principal must be an object with RAM, Service or Federated`);
    }
    refuseUnknown(principal, ['RAM', 'Service', 'Federated'], `${at}.Principal`);
    const members = (kind: string): string[] =>
      principal[kind] === undefined ? [] : nonEmptyStrings(principal[kind], `${at}.Principal.${kind}`);
    return {
      effect: effectOf(statement, at),
      actions: nonEmptyStrings(statement['Action'], `${at}.Action`),
      ram: members('RAM'),
      services: members('Service'),
      federated: members('Federated'),
      conditions: conditionsOf(statement['Condition'], at),
    };
  });
}

function statementsOf(document: unknown): Record<string, unknown>[] {
  if (!isRecord(document)) throw new PolicyGrammarError('the policy must be a JSON object');
  refuseUnknown(document, ['Version', 'Statement'], 'the policy');
  if (document['Version'] !== '1') throw new PolicyGrammarError('Version must be "1"');
  const { Statement: statements } = document;
  if (!Array.isArray(statements) || statements.length === 0) {
    throw new PolicyGrammarError('Statement must be a list with at least one statement');
  }
  return statements.map((statement: unknown, index) => {
    if (!isRecord(statement)) throw new PolicyGrammarError(`Statement[${index}] must be an object`);
    return statement;
  });
}

function effectOf(statement: Record<string, unknown>, at: string): 'Allow' | 'Deny' {
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyGrammarError(`${at}.Effect must be Allow or Deny`);
  return effect;
}

function conditionsOf(value: unknown, at: string): PolicyCondition[] {
  if (value === undefined) return [];
  if (!isRecord(value)) throw new PolicyGrammarError(`${at}.Condition must be an object`);
  return Object.entries(value).flatMap(([operator, keys]) => {
    const known = conditionOperators.find((name) => name === operator);
    if (known === undefined) {
      throw new PolicyGrammarError(
        `${at}.Condition.${operator} is not supported; supported are ${conditionOperators.join(', ')}`,
      );
    }
    if (!isRecord(keys)) throw new PolicyGrammarError(`${at}.Condition.${operator} must be an object`);
    return Object.entries(keys).map(([key, values]) => ({
      operator: known,
      key,
      values: nonEmptyStrings(values, `${at}.Condition.${operator}.${key}`),
    }));
  });
}

function nonEmptyStrings(value: unknown, at: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new PolicyGrammarError(`${at} must not be empty`);
  return list.map((item) => {
    if (typeof item !== 'string' || item === '') {
      throw new PolicyGrammarError(`${at} must be a string or a list of strings`);
    }
    return item;
  });
}

function refuseUnknown(value: Record<string, unknown>, known: readonly string[], at: string): void {
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new PolicyGrammarError(`${at} has unknown elements: ${unknown.join(', ')}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
