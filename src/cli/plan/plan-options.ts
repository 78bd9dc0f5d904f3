import type { Config } from '../../config/options.ts';

/** How a plan can be printed. */
export const planOutputs = ['table', 'json', 'yaml', 'mermaid'] as const;

export type PlanOutput = (typeof planOutputs)[number];

/** The options that change what a plan says. */
export const planConfigKeys: readonly (keyof Config)[] = [
  'regionId',
  'vSwitchIds',
  'securityGroupId',
  'resourceGroupId',
  'zoneId',
  'architecture',
  'credentialDelivery',
  'clusterDomain',
  'clusterDns',
  'dnsMode',
  'serviceVariables',
  'apiserverAddress',
  'hostIpFields',
  'unsupportedFieldPolicies',
];

/** Stand in for what only a real set-up knows, so that a plan needs no configuration at all. */
export const planAssumptions = {
  regionId: 'cn-hangzhou',
  vswitchIds: ['vsw-assumed'],
  securityGroupId: 'sg-assumed',
} as const;
