import { choice, text, toggle } from './option-kinds.ts';

const file = { pattern: '.', accepts: 'the path of a file' } as const;

/** What only `eci-kubelet credential-helper` does. */
export const credentialHelperOptions = {
  acrConfigMap: text({
    name: 'acr-config-map',
    group: 'Credential helper',
    help: 'The ConfigMap that says which registries, namespaces and ServiceAccounts are served.',
    pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
    accepts: 'namespace/name',
    default: 'kube-system/acr-configuration',
  }),
  managedConfigFile: text({
    name: 'managed-config-file',
    group: 'Credential helper',
    help: 'A JSON file in the form of the managed add-on (AcrInstanceInfo, enableRRSA, …), which takes the place of the ConfigMap. Changes apply by themselves.',
    ...file,
  }),
  tokenMode: choice(
    ['auto', 'managedRole', 'workerRole'],
    {
      name: 'token-mode',
      group: 'Credential helper',
      help: 'Who asks for passwords where an entry says nothing. auto: the role of the ECS node in clusters made before 2023-04-03, the managed role in later ones.',
      default: 'auto',
    },
    { ignoreCase: true },
  ),
  managedTokenFile: text({
    name: 'managed-token-file',
    group: 'Credential helper',
    help: 'The mounted Secret with the credentials of the managed role, read again at every use.',
    ...file,
    default: '/var/addon/token-config',
  }),
  rrsaTokenFile: text({
    name: 'rrsa-token-file',
    group: 'Credential helper',
    help: 'The projected ServiceAccount token for RRSA, audience sts.aliyuncs.com, read again at every use.',
    ...file,
    default: '/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token',
  }),
  endpointNetwork: choice(['auto', 'vpc', 'public'], {
    name: 'endpoint-network',
    group: 'Credential helper',
    help: 'Addresses of STS and Container Registry. auto: those inside the VPC, and the public one of a service that cannot be reached there.',
    default: 'auto',
  }),
  adoptExisting: toggle({
    name: 'adopt-existing',
    group: 'Credential helper',
    help: 'Take over Secrets named acr-credential-secret-aggregation that somebody else made, where their type allows it, for example those of the vendor’s add-on.',
    default: false,
  }),
};
