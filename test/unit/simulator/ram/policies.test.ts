import assert from 'node:assert/strict';
import { evaluate } from '../../../../simulator/ram/evaluate.ts';
import {
  parsePermissionPolicy,
  parseTrustPolicy,
  PolicyGrammarError,
} from '../../../../simulator/ram/policy-document.ts';
import { trustsPrincipal, trustsToken } from '../../../../simulator/ram/trust.ts';
import { matchesPattern } from '../../../../simulator/ram/wildcard.ts';
import type { Principal } from '../../../../simulator/types.ts';

const policy = (...statements: Record<string, unknown>[]): Record<string, unknown> => ({
  Version: '1',
  Statement: statements,
});

describe('permission policies', () => {
  const allow = (action: string | string[], resource: string | string[] = '*'): Record<string, unknown> => ({
    Effect: 'Allow',
    Action: action,
    Resource: resource,
  });
  const deny = (action: string): Record<string, unknown> => ({ Effect: 'Deny', Action: action, Resource: '*' });
  const pull = {
    action: 'cr:PullRepository',
    resource: 'acs:cr:cn-hangzhou:1:repository/cri-a/team/app',
  };

  const cases: Record<string, { statements: Record<string, unknown>[]; verdict: string; request?: typeof pull }> = {
    'allow what a pattern names': { statements: [allow('cr:Pull*')], verdict: 'Allow' },
    'compare actions without case': { statements: [allow('CR:pullrepository')], verdict: 'Allow' },
    'take lists of actions and resources': {
      statements: [allow(['cr:Get*', 'cr:Pull*'], ['acs:cr:*:1:instance/x', 'acs:cr:*:1:repository/cri-a/*'])],
      verdict: 'Allow',
    },
    'deny what nothing names': { statements: [allow('cr:Get*')], verdict: 'ImplicitDeny' },
    'deny another resource': {
      statements: [allow('cr:*', 'acs:cr:*:1:repository/cri-b/*')],
      verdict: 'ImplicitDeny',
    },
    'let a denial win over every permission': { statements: [allow('*'), deny('cr:Pull*')], verdict: 'ExplicitDeny' },
    'read NotAction as everything else': {
      statements: [{ Effect: 'Allow', NotAction: 'eci:*', Resource: '*' }],
      verdict: 'Allow',
    },
    'leave out what NotAction names': {
      statements: [{ Effect: 'Allow', NotAction: ['cr:Pull*'], Resource: '*' }],
      verdict: 'ImplicitDeny',
    },
    'ignore a statement whose condition does not hold': {
      statements: [{ ...allow('*'), Condition: { StringEquals: { 'acs:RequestTag/team': 'a' } } }],
      verdict: 'ImplicitDeny',
    },
    'let a wildcard stand for the empty region of RAM': {
      statements: [allow('sts:AssumeRole', 'acs:ram:*:1:role/web')],
      request: { action: 'sts:AssumeRole', resource: 'acs:ram::1:role/Web' },
      verdict: 'Allow',
    },
  };
  for (const [what, { statements, verdict, request }] of Object.entries(cases)) {
    it(what, () => {
      assert.equal(evaluate(parsePermissionPolicy(policy(...statements)), request ?? pull), verdict);
    });
  }

  const malformed: Record<string, { document: unknown; message: RegExp }> = {
    'that are no object': { document: [], message: /must be a JSON object/ },
    'of another version': { document: { ...policy(allow('*')), Version: '2' }, message: /Version must be "1"/ },
    'without statements': { document: policy(), message: /at least one/ },
    'with an unknown effect': {
      document: policy({ ...allow('*'), Effect: 'allow' }),
      message: /Statement\[0\]\.Effect/,
    },
    'without a resource': { document: policy({ Effect: 'Allow', Action: '*' }), message: /Resource/ },
    'with a principal': { document: policy({ ...allow('*'), Principal: {} }), message: /unknown elements: Principal/ },
    'with an operator that is not evaluated': {
      document: policy({ ...allow('*'), Condition: { IpAddress: { 'acs:SourceIp': '10.0.0.0/8' } } }),
      message: /IpAddress is not supported; supported are StringEquals/,
    },
  };
  for (const [what, { document, message }] of Object.entries(malformed)) {
    it(`are refused ${what}`, () => {
      assert.throws(() => parsePermissionPolicy(document), { name: PolicyGrammarError.name, message });
    });
  }
});

describe('trust policies', () => {
  const trust = (principal: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: principal,
    ...more,
  });
  const principal = (kind: Principal['kind'], arn: string): Principal => ({
    kind,
    arn,
    accountId: '1',
    accessKeyId: '',
    sessionName: 's',
  });
  const session = principal('role-session', 'acs:ram::1:role/role-assume');
  const user = principal('user', 'acs:ram::1:user/bob');
  const eci = principal('service', 'eci.aliyuncs.com');

  const cases: Record<string, { statements: Record<string, unknown>[]; who: Principal; trusted: boolean }> = {
    'match a session by its role': {
      statements: [trust({ RAM: ['acs:ram::1:role/role-assume'] })],
      who: session,
      trusted: true,
    },
    'compare ARNs without case': {
      statements: [trust({ RAM: 'acs:ram::1:role/Role-Assume' })],
      who: session,
      trusted: true,
    },
    'let root stand for every user': { statements: [trust({ RAM: 'acs:ram::1:root' })], who: user, trusted: true },
    'let root stand for every role': { statements: [trust({ RAM: 'acs:ram::1:root' })], who: session, trusted: true },
    'not let another account in': { statements: [trust({ RAM: 'acs:ram::2:root' })], who: user, trusted: false },
    'let a service in': { statements: [trust({ Service: 'eci.aliyuncs.com' })], who: eci, trusted: true },
    'not let users in where a service is trusted': {
      statements: [trust({ Service: 'eci.aliyuncs.com' })],
      who: user,
      trusted: false,
    },
    'let a denial win': {
      statements: [trust({ RAM: 'acs:ram::1:root' }), { ...trust({ RAM: user.arn }), Effect: 'Deny' }],
      who: user,
      trusted: false,
    },
    'ask for the external id of their condition': {
      statements: [trust({ RAM: user.arn }, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })],
      who: user,
      trusted: false,
    },
  };
  for (const [what, { statements, who, trusted }] of Object.entries(cases)) {
    it(what, () => assert.equal(trustsPrincipal(parseTrustPolicy(policy(...statements)), who), trusted));
  }

  it('accept a token only of their provider, and when all conditions hold', () => {
    const provider = 'acs:ram::1:oidc-provider/ack';
    const statements = parseTrustPolicy(
      policy(
        trust(
          { Federated: [provider] },
          {
            Condition: {
              StringEquals: { 'oidc:iss': ['https://i'], 'oidc:aud': ['sts.aliyuncs.com', 'other'] },
              StringLike: { 'oidc:sub': ['system:serviceaccount:*:eci-?ubelet'] },
            },
          },
        ),
      ),
    );
    const context = {
      'oidc:iss': ['https://i'],
      'oidc:aud': ['x', 'sts.aliyuncs.com'],
      'oidc:sub': ['system:serviceaccount:ns:eci-kubelet'],
    };
    assert.equal(trustsToken(statements, provider, context), true);
    assert.equal(trustsToken(statements, 'acs:ram::1:oidc-provider/other', context), false);
    const default1 = ['system:serviceaccount:ns:default'];
    assert.equal(trustsToken(statements, provider, { ...context, 'oidc:sub': default1 }), false);
    assert.equal(trustsToken(statements, provider, { ...context, 'oidc:iss': [] }), false);
  });
});

describe('wildcards', () => {
  it('take every other character literally', () => {
    assert.equal(matchesPattern('a.c', 'abc'), false);
    assert.equal(matchesPattern('(a|b)[c]$', '(a|b)[c]$'), true);
    assert.equal(matchesPattern('a?c', 'abc'), false);
    assert.equal(matchesPattern('a?c', 'abc', { questionMark: true }), true);
    assert.equal(matchesPattern('a**c', 'ac'), true);
  });
});
