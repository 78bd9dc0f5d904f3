import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Assuming roles. Changes of policies take some tens of seconds to arrive everywhere.
 * Source: STS error codes; ACK documentation, Use RRSA to authorize Pods.
 */
export const stsCodes = {
  'InvalidParameter.RoleArn': {
    class: 'permanent',
    when: 'The role ARN is malformed.',
    remedy: 'Write it as acs:ram::<account id>:role/<role name>.',
  },
  'InvalidParameter.RoleSessionName': { class: 'permanent', when: 'The session name is malformed.' },
  'InvalidParameter.DurationSeconds': {
    class: 'permanent',
    when: 'The duration is below 900 seconds or above the maximum of the role.',
  },
  'InvalidParameter.PolicyGrammar': { class: 'permanent', when: 'The session policy is not a valid policy.' },
  'InvalidParameter.PolicySize': { class: 'permanent', when: 'The session policy is too long.' },
  MissingRoleArn: { class: 'permanent', when: 'The role ARN is missing.' },
  MissingRoleSessionName: { class: 'permanent', when: 'The session name is missing.' },
  'EntityNotExist.Role*': {
    class: 'permission',
    when: 'The role does not exist. Also written EntityNotExist.RoleArn.',
    remedy: 'Check account id and role name in the ARN, or create the role.',
  },
  'AuthenticationFail.NoPermission': {
    class: 'permission',
    when: 'The trust policy of the role does not match the service account, or the OIDC provider is not registered.',
    remedy: 'Compare oidc:iss, oidc:aud and oidc:sub of the trust policy with the service account of this component.',
  },
  'AuthenticationFail.OIDCToken.Expired': {
    class: 'transient',
    when: 'The service account token has expired; it is read again from its file for the next try.',
  },
  'AuthenticationFail.OIDCToken.IssuerConfigurationBroken': {
    class: 'transient',
    when: 'STS could not fetch the public keys of the OIDC provider.',
    remedy: 'Check that the issuer URL of the cluster can be reached from the internet.',
  },
  'AuthenticationFail.OIDCToken.*': {
    class: 'permission',
    when: 'The service account token was refused: audience, issuer, signature or form.',
    remedy: 'Compare the OIDC provider of the account with the issuer and audience of the token.',
  },
} as const satisfies CloudErrorCodes;
