/**
 * System policies that fixtures can name instead of writing them out. The documents are modelled: the vendor publishes what
 * they are for, not in every case their text.
 */
const allow = (actions: string[]): Record<string, unknown> => ({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

export const systemPolicies: Readonly<Record<string, Record<string, unknown>>> = {
  AdministratorAccess: allow(['*']),
  AliyunSTSAssumeRoleAccess: allow(['sts:AssumeRole']),
  AliyunContainerRegistryFullAccess: allow(['cr:*']),
  AliyunContainerRegistryReadOnlyAccess: allow(['cr:Get*', 'cr:List*', 'cr:PullRepository']),
  AliyunECIFullAccess: allow(['eci:*']),
  AliyunECIReadOnlyAccess: allow(['eci:Describe*', 'eci:List*']),
  /** What the managed credential helper needs. Source: ACR help centre, permissions of the credential helper. */
  AliyunCSManagedAcrRolePolicy: allow(['cr:GetAuthorizationToken', 'cr:ListInstanceEndpoint', 'cr:PullRepository']),
  /** Source: ECI help centre, AliyunServiceRoleForECI: among others these registry actions. */
  AliyunServiceRolePolicyForECI: allow([
    'cr:PullRepository',
    'cr:GetAuthorizationToken',
    'cr:GetRepository*',
    'cr:ListInstance',
    'cr:ListInstanceEndpoint',
  ]),
};
