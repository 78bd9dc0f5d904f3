import { choice, duration, list, numberMap, secret, text, toggle } from './option-kinds.ts';

const endpoint = {
  pattern: '^(https?://)?([A-Za-z0-9.-]|\\{region\\})+(:[0-9]{1,5})?$',
  accepts: 'a host with optional scheme and port, where {region} stands for the region',
} as const;

const arn = (kind: string) => ({
  pattern: `^acs:ram::[0-9]+:${kind}/[A-Za-z0-9._-]{1,128}$`,
  accepts: `an ARN such as acs:ram::1234567890123456:${kind}/name`,
});

const anyText = { pattern: '^\\S(.*\\S)?$', accepts: 'a text without blanks at its ends' } as const;

const path = { pattern: '.', accepts: 'the path of a file' } as const;

/** Where the cloud is, and who we are there. */
export const cloudOptions = {
  regionId: text({
    name: 'region-id',
    group: 'Cloud',
    help: 'Region in which container groups and image caches are created.',
    pattern: '^[a-z]{2}-[a-z0-9-]+$',
    accepts: 'a region id such as cn-hangzhou',
    required: true,
    alsoEnvironment: ['ALIBABA_CLOUD_REGION_ID'],
  }),
  vSwitchIds: list({
    name: 'vswitch-ids',
    group: 'Cloud',
    help: 'vSwitches of container groups and image caches whose annotations name none, all of one VPC.',
    pattern: '^vsw-[a-z0-9]+$',
    accepts: '1 to 10 vSwitch ids such as vsw-bp1xpiowfm5vo8o3c0001',
    minItems: 1,
    maxItems: 10,
    required: true,
    profileKey: 'vSwitchIds',
  }),
  securityGroupId: text({
    name: 'security-group-id',
    group: 'Cloud',
    help: 'Security group of container groups and image caches whose annotations name none.',
    pattern: '^sg-[a-z0-9]+$',
    accepts: 'a security group id such as sg-bp1dktddjsg5nktv0001',
    required: true,
    profileKey: 'securityGroupId',
  }),
  resourceGroupId: text({
    name: 'resource-group-id',
    group: 'Cloud',
    help: 'Resource group that everything is created in; the account default otherwise.',
    pattern: '^rg-[a-z0-9]+$',
    accepts: 'a resource group id such as rg-acfm000000000001',
    profileKey: 'resourceGroupId',
  }),
  zoneId: text({
    name: 'zone-id',
    group: 'Cloud',
    help: 'Zone that the node is pinned to and labelled with. Leave it out when the vSwitches are in several zones.',
    pattern: '^[a-z]{2}-[a-z0-9-]+$',
    accepts: 'a zone id such as cn-hangzhou-k',
  }),
  vpcEndpoints: toggle({
    name: 'vpc-endpoints',
    group: 'Cloud',
    help: 'Call the services by their addresses inside the VPC, where there is no way to the internet.',
    default: false,
    alsoEnvironment: ['ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED'],
  }),
  eciEndpoint: text({
    name: 'eci-endpoint',
    group: 'Cloud',
    help: 'Address of ECI in place of the regional one.',
    ...endpoint,
  }),
  stsEndpoint: text({
    name: 'sts-endpoint',
    group: 'Cloud',
    help: 'Address of STS in place of the regional one.',
    ...endpoint,
    alsoEnvironment: ['ALIBABA_CLOUD_STS_ENDPOINT'],
  }),
  crEndpoint: text({
    name: 'cr-endpoint',
    group: 'Cloud',
    help: 'Address of Container Registry in place of the regional ones. Without {region} one address serves all regions.',
    ...endpoint,
  }),
  metadataEndpoint: text({
    name: 'metadata-endpoint',
    group: 'Cloud',
    help: 'Address of the ECS metadata service, which gives the credentials of an ECS role.',
    ...endpoint,
    default: 'http://100.100.100.200',
    alsoEnvironment: ['ALIBABA_CLOUD_IMDS_ENDPOINT'],
  }),
  registryEndpoint: text({
    name: 'registry-endpoint',
    group: 'Cloud',
    help: 'Address that is asked for the challenge of every registry host in place of the host itself, for tests and proxies.',
    ...endpoint,
  }),
  rateLimits: numberMap({
    name: 'rate-limits',
    group: 'Cloud',
    help: 'Quota of the account by API action, in calls per minute, where it differs from the documented one. At most 20 % of it go out at once and 80 % over a minute.',
    keyPattern: '^[A-Z][A-Za-z0-9]+$',
    min: 1,
    max: 100_000,
    default: {},
  }),
  parametersInBody: toggle({
    name: 'parameters-in-body',
    group: 'Cloud',
    help: 'Send request parameters as a form instead of in the URL, which keeps credentials out of proxy logs and lifts URL limits.',
    default: false,
  }),

  identity: choice(['auto', 'access-key', 'rrsa', 'ecs-role', 'file'], {
    name: 'identity',
    group: 'Identity',
    help: 'Where the own credentials come from. auto: the access key when set, else RRSA when its three settings are, else the ECS role.',
    default: 'auto',
  }),
  accessKeyId: text({
    name: 'access-key-id',
    group: 'Identity',
    help: 'Access key ID of a RAM user.',
    ...anyText,
    noFlag: true,
    alsoEnvironment: ['ALIBABA_CLOUD_ACCESS_KEY_ID'],
  }),
  accessKeySecret: secret({
    name: 'access-key-secret',
    group: 'Identity',
    help: 'Secret of the access key.',
    alsoEnvironment: ['ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
  }),
  securityToken: secret({
    name: 'security-token',
    group: 'Identity',
    help: 'Security token, when the access key is that of a session. It is not renewed.',
    alsoEnvironment: ['ALIBABA_CLOUD_SECURITY_TOKEN'],
  }),
  roleArn: text({
    name: 'role-arn',
    group: 'Identity',
    help: 'RRSA: the role to assume with the ServiceAccount token.',
    ...arn('role'),
    alsoEnvironment: ['ALIBABA_CLOUD_ROLE_ARN'],
  }),
  oidcProviderArn: text({
    name: 'oidc-provider-arn',
    group: 'Identity',
    help: 'RRSA: the OIDC provider that RAM knows the cluster by.',
    ...arn('oidc-provider'),
    alsoEnvironment: ['ALIBABA_CLOUD_OIDC_PROVIDER_ARN'],
  }),
  oidcTokenFile: text({
    name: 'oidc-token-file',
    group: 'Identity',
    help: 'RRSA: the file of the projected ServiceAccount token, audience sts.aliyuncs.com.',
    ...path,
    alsoEnvironment: ['ALIBABA_CLOUD_OIDC_TOKEN_FILE'],
  }),
  ecsRoleName: text({
    name: 'ecs-role-name',
    group: 'Identity',
    help: 'Role of the ECS instance; asked from the metadata service otherwise.',
    pattern: '^[A-Za-z0-9.-]{1,64}$',
    accepts: 'a role name of letters, digits, dots and hyphens',
    alsoEnvironment: ['ALIBABA_CLOUD_ECS_METADATA'],
  }),
  credentialsFile: text({
    name: 'credentials-file',
    group: 'Identity',
    help: 'Credentials file in the format of the Alibaba Cloud SDKs, read again when it changes.',
    ...path,
    alsoEnvironment: ['ALIBABA_CLOUD_CREDENTIALS_FILE'],
  }),
  credentialsProfile: text({
    name: 'credentials-profile',
    group: 'Identity',
    help: 'Section of the credentials file.',
    ...anyText,
    default: 'default',
    alsoEnvironment: ['ALIBABA_CLOUD_PROFILE'],
  }),
  sessionDurationMs: duration({
    name: 'session-duration',
    group: 'Identity',
    help: 'Life of every session in a role chain. More than 1h needs roles whose maximum session duration was raised.',
    min: '30m',
    max: '12h',
    default: '1h',
  }),
  roleSessionName: text({
    name: 'role-session-name',
    group: 'Identity',
    help: 'Name of the RRSA session in the audit trail. Those of role chains are named eci-kubelet- and a hash of the node name.',
    pattern: '^[A-Za-z0-9.@_-]{2,32}$',
    accepts: '2 to 32 letters, digits and . @ _ -',
    default: 'eci-kubelet',
    alsoEnvironment: ['ALIBABA_CLOUD_ROLE_SESSION_NAME'],
  }),
  credentialDelivery: choice(['auto', 'resolve', 'forward'], {
    name: 'credential-delivery',
    group: 'Identity',
    help: 'Who runs the role chain of an ACR annotation: we do (resolve), ECI does (forward), or we do and ECI where a role does not trust us (auto).',
    default: 'auto',
  }),
  customHostProof: choice(['registry-api-or-challenge', 'registry-api'], {
    name: 'custom-host-proof',
    group: 'Identity',
    help: 'What proves that an instance owns a custom domain before a password is handed out: its list of domains, or, where reading that list is refused, also the registry’s own challenge over TLS. Choose registry-api where people who create Pods are not trusted.',
    default: 'registry-api-or-challenge',
  }),
};
