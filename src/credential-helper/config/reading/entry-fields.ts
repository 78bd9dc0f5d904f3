/** One field of an entry, as the reference page shows it. */
export interface EntryField {
  grammar: string;
  default: string;
  help: string;
}

/** Every field of an element of `acr-registry-info`. Case counts. Source: ACR documentation of aliyun-acr-credential-helper. */
export const entryFields = {
  instanceId: {
    grammar: 'text, or several ids with commas between them',
    default: 'blank: Personal Edition',
    help: 'Id of an Enterprise Edition instance, `cri-…`. Several ids are as many entries, which share the other fields; then `domains` must be left out.',
  },
  regionId: {
    grammar: 'text',
    default: 'the region of the cluster',
    help: 'Region of the registry. Required when it is in another one than the cluster.',
  },
  domains: {
    grammar: 'comma list in one text, or a list',
    default: 'every name of the instance',
    help: 'Host names as they stand in image references. A scheme and a path are cut off, a port is kept.',
  },
  assumeRoleARN: {
    grammar: 'text',
    default: 'blank',
    help: 'Role in the account of the registry, for registries of another account.',
  },
  expireDuration: {
    grammar: '3600 to 43200, whole seconds',
    default: '3600',
    help: 'Life of the session of `assumeRoleARN`, and with it of the passwords; at most the MaxSessionDuration of the role. Has no effect without `assumeRoleARN`.',
  },
  rrsaRoleARN: {
    grammar: 'text',
    default: 'blank',
    help: 'Role in the account of the cluster, for RRSA. Has no effect while RRSA is off.',
  },
  rrsaOIDCProviderRoleARN: {
    grammar: 'text',
    default: 'blank',
    help: 'ARN of the OIDC provider of the cluster, in spite of its name: `acs:ram::<account id>:oidc-provider/ack-rrsa-<cluster id>`. Has no effect while RRSA is off.',
  },
  customAccessKey: {
    grammar: 'text',
    default: 'blank',
    help: 'Access key id of a RAM user in the account of the registry. Whoever may read the ConfigMap can read it.',
  },
  customAccessKeySecret: {
    grammar: 'text',
    default: 'blank',
    help: 'The secret of `customAccessKey`. Both are needed.',
  },
} as const satisfies Readonly<Record<string, EntryField>>;

/** The name of a field. */
export type EntryFieldName = keyof typeof entryFields;

/** Every name, in the order of the table. */
export const entryFieldNames = Object.keys(entryFields) as readonly EntryFieldName[];

/** Spelling that a vendor console uses in place of `instanceId`. */
export const INSTANCE_ID_ALIAS = 'InstanceId';
