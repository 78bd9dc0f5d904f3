import assert from 'node:assert/strict';
import { identitySettingsOf, type IdentityKind } from '../../../../src/alibaba/identity/identity-settings.ts';
import { selectIdentity } from '../../../../src/alibaba/identity/select-identity.ts';

const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI1', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
const rrsa = {
  ALIBABA_CLOUD_ROLE_ARN: 'acs:ram::1:role/r',
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:ram::1:oidc-provider/p',
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/token',
};

function select(kind: IdentityKind, env: Record<string, string>) {
  return selectIdentity(kind, identitySettingsOf(env));
}

describe('choice of an identity', () => {
  const cases: Record<string, [kind: IdentityKind, env: Record<string, string>, expected: string]> = {
    'auto takes the access key first': ['auto', { ...key, ...rrsa }, 'access-key'],
    'auto takes the service account role next': ['auto', rrsa, 'rrsa'],
    'auto ends with the ECS role': ['auto', {}, 'ecs-role'],
    'auto does not take a role ARN alone for a service account role': [
      'auto',
      { ALIBABA_CLOUD_ROLE_ARN: 'x' },
      'ecs-role',
    ],
    'empty variables count as absent': [
      'auto',
      { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: ' ' },
      'ecs-role',
    ],
    'an explicit choice wins': ['rrsa', { ...key, ...rrsa }, 'rrsa'],
    'a file': ['file', { ALIBABA_CLOUD_CREDENTIALS_FILE: '/f' }, 'file'],
  };
  for (const [name, [kind, env, expected]] of Object.entries(cases)) {
    it(name, () => assert.equal(select(kind, env).kind, expected));
  }

  const incomplete: Record<string, [kind: IdentityKind, env: Record<string, string>, missing: RegExp]> = {
    'half an access key does not go on as somebody else': [
      'auto',
      { ALIBABA_CLOUD_ACCESS_KEY_ID: 'x' },
      /lacks: access key secret$/,
    ],
    'a token file without the rest': [
      'auto',
      { ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/t' },
      /lacks: role ARN, OIDC provider ARN$/,
    ],
    'rrsa without anything': ['rrsa', {}, /lacks: role ARN, OIDC provider ARN, OIDC token file$/],
    'file without a path': ['file', {}, /lacks: credentials file$/],
  };
  for (const [name, [kind, env, missing]] of Object.entries(incomplete)) {
    it(`names what is missing: ${name}`, () => {
      assert.throws(() => select(kind, env), { code: 'NoIdentity', message: missing });
    });
  }

  it('never shows the secret', () => {
    assert.doesNotMatch(JSON.stringify([identitySettingsOf(key), select('auto', key)]), /secret"?:"secret/);
  });
});
