import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Refused for who we are. Asking again changes nothing until somebody edits a policy or replaces a key.
 * Source: ECI API reference, error codes; STS error codes; V3 signature documentation.
 */
export const permissionCodes = {
  NoPermission: {
    class: 'permission',
    when: 'A policy denies the call: of the caller, or of the role that was to be assumed. AccessDeniedDetail tells which.',
    remedy: 'Grant the action that the message names, or add the caller to the trust policy of the role.',
  },
  'Forbidden.RAM': { class: 'permission', when: 'The older form of NoPermission.' },
  'Forbidden.SubUser': { class: 'permission', when: 'A RAM user may not make this call.' },
  'Forbidden.AccessKeyDisabled': { class: 'permission', when: 'The access key is disabled.' },
  'Forbidden.NotSupportRAM': { class: 'permission', when: 'The call is not open to RAM identities.' },
  'InvalidUser.PassRoleForbidden': {
    class: 'permission',
    when: 'The caller may not hand the instance RAM role to ECI.',
    remedy: 'Grant ram:PassRole on that role.',
  },
  'CreateServiceLinkedRole.Denied': {
    class: 'permission',
    when: 'The first creation in an account makes the service-linked role of ECI, and the caller may not.',
    remedy: 'Grant ram:CreateServiceLinkedRole for eci.aliyuncs.com, or create AliyunServiceRoleForECI in the console.',
  },
  'InvalidParameter.KMS.KeyId.Forbidden': { class: 'permission', when: 'The caller may not use the KMS key.' },
  'InvalidAccessKeyId.*': {
    class: 'permission',
    when: 'The access key does not exist or is disabled; for session keys, the session is gone.',
    remedy: 'Replace the access key. Session keys are fetched anew once by themselves.',
  },
  'InvalidSecurityToken.*': {
    class: 'permission',
    when: 'The security token has expired, is malformed, or belongs to another key.',
    remedy: 'Session keys are fetched anew once by themselves; check the source of the credentials if it stays.',
  },
  MissingSecurityToken: {
    class: 'permission',
    when: 'A session key was sent without its security token.',
    remedy: 'Configure the security token beside the key.',
  },
  MissingAccessKeyId: { class: 'permission', when: 'The request was not signed.' },
  SignatureDoesNotMatch: {
    class: 'permission',
    when: 'The access key secret does not belong to the access key ID, or a proxy changed the request.',
    remedy: 'Check the access key secret for missing or extra characters.',
  },
  IncompleteSignature: { class: 'permission', when: 'The signature is not in the expected form.' },
} as const satisfies CloudErrorCodes;
