import type { AcrInstance } from '../types.ts';

/** A host name of an instance, as ListInstanceEndpoint groups them. */
export interface InstanceDomain {
  endpointType: 'internet' | 'vpc';
  type: 'SYSTEM' | 'USER';
  domain: string;
}

/** Lists every host name of an instance. Custom domains are bound to the internet and the VPC endpoint alike. */
export function domainsOf(instance: AcrInstance): InstanceDomain[] {
  const { instanceName, regionId, userDomains } = instance;
  return (['internet', 'vpc'] as const).flatMap((endpointType) => [
    {
      endpointType,
      type: 'SYSTEM' as const,
      domain: `${instanceName}-registry${endpointType === 'vpc' ? '-vpc' : ''}.${regionId}.cr.aliyuncs.com`,
    },
    ...userDomains.map((domain) => ({ endpointType, type: 'USER' as const, domain })),
  ]);
}
