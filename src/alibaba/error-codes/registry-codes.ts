import type { CloudErrorCodes } from './cloud-error-code.ts';

/**
 * Container Registry. The Enterprise Edition also answers HTTP 200 with `IsSuccess: false`; both forms end here.
 * Source: Container Registry API reference; the codes of a Terraform provider of the vendor. No complete table is published.
 */
export const registryCodes = {
  INSTANCE_NOT_EXIST: {
    class: 'permanent',
    when: 'The registry instance is not known in this region and account.',
    remedy: 'Check the region prefix of the instance id first, then the account of the role.',
  },
  NAMESPACE_NOT_EXIST: { class: 'permanent', when: 'The namespace does not exist.' },
  REPO_NOT_EXIST: { class: 'permanent', when: 'The repository does not exist.' },
  USER_NOT_EXIST: {
    class: 'permission',
    when: 'The identity has never been registered with the Personal Edition registry.',
    remedy: 'Set a registry password for the RAM user or role in the console once, and grant it cr permissions.',
  },
} as const satisfies CloudErrorCodes;
