/** Grammars that several options share: a regular expression, and the same in words that complete "give …". */

export const quantity = {
  pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$',
  accepts: 'a Kubernetes quantity such as 100 or 40Ti',
} as const;

export const dnsName = {
  pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
  accepts: 'a DNS name of lower-case letters, digits, hyphens and dots',
} as const;

/** The name is also the value of the label `kubernetes.io/hostname`, and those have at most 63 characters. */
export const nodeName = {
  pattern: '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$',
  accepts: 'a DNS name of at most 63 lower-case letters, digits, hyphens and dots',
} as const;

const octet = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';

export const ipAddress = {
  pattern: `^(${octet}(\\.${octet}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$`,
  accepts: 'an IP address',
} as const;

export const zoneId = { pattern: '^[a-z]{2}-[a-z0-9-]+$', accepts: 'a zone id such as cn-hangzhou-k' } as const;

export const vSwitchId = {
  pattern: '^vsw-[a-z0-9]+$',
  accepts: '1 to 10 vSwitch ids such as vsw-bp1xpiowfm5vo8o3c0001',
} as const;

export const securityGroupId = {
  pattern: '^sg-[a-z0-9]+$',
  accepts: 'a security group id such as sg-bp1dktddjsg5nktv0001',
} as const;

export const labels = {
  keyPattern: '^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
  pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
  accepts: 'labels of the form key=value',
} as const;

/** Names of resources that are not Kubernetes' own always have a domain. */
export const extendedResources = {
  keyPattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
  pattern: '^[0-9]+$',
  accepts: 'resources of the form domain/name=count with whole numbers',
} as const;
