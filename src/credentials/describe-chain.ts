import type { AcrEntry } from './types.ts';

const ROLE_ARN = /^acs:ram::(?<account>[^:]+):role\/(?<name>\S+)$/;

/** Says a role ARN in words, `role role-assume of 1111`; text that is no role ARN is repeated as it is. */
export function describeRole(roleArn: string): string {
  const groups = ROLE_ARN.exec(roleArn)?.groups;
  return groups === undefined ? roleArn : `role ${groups['name'] ?? ''} of ${groups['account'] ?? ''}`;
}

/**
 * Says who assumes what, without a secret: `own identity → role role-assume of 1111 → role role-acr of 2222`.
 * @param identity how the component's own identity is called; absent where it is not known, as in offline commands.
 */
export function describeChain(entry: AcrEntry, identity = 'own identity'): string {
  const roles = [entry.serviceRoleArn, entry.userRoleArn].filter((arn) => arn !== undefined);
  return [identity, ...roles.map(describeRole)].join(' → ');
}

/** Says where a password is for: `instance cri-a in cn-beijing`, or `Personal Edition in cn-beijing`. */
export function describeRegistry(instanceId: string | undefined, regionId: string): string {
  return `${instanceId === undefined ? 'Personal Edition' : `instance ${instanceId}`} in ${regionId}`;
}
