/**
 * Names that users, scripts and other programs rely on. Those of the vendor are contracts; those that the vendor never
 * documented are ours. Source: ACR documentation of aliyun-acr-credential-helper; for the Secret, clusters that run it.
 */

/** Name of the one Secret in each watched namespace, and of the entry in `imagePullSecrets`. */
export const SECRET_NAME = 'acr-credential-secret-aggregation';
/** Its type, which cannot be changed on an existing Secret. */
export const SECRET_TYPE = 'kubernetes.io/dockerconfigjson';
/** Its key. */
export const SECRET_KEY = '.dockerconfigjson';

/** Where the configuration is. */
export const CONFIG_NAMESPACE = 'kube-system';
export const CONFIG_NAME = 'acr-configuration';

/** Proof that a Secret is ours. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'aliyun-acr-credential-helper';

/** Earliest expiry of what the Secret holds, RFC 3339; absent when it holds nothing. */
export const EXPIRES_AT_ANNOTATION = 'acr-credential-helper/expires-at';
/** ServiceAccounts that this program attached in the namespace, comma separated, sorted. */
export const ATTACHED_ANNOTATION = 'acr-credential-helper/attached-service-accounts';
/** What the Secret holds by entry, JSON without secrets, so that a restarted program need not fetch what is still good. */
export const ENTRIES_ANNOTATION = 'acr-credential-helper/entries';

/** The ServiceAccount of the program: RRSA trust policies pin it. */
export const OWN_SERVICE_ACCOUNT = 'aliyun-acr-credential-helper';

/** Secret of registered clusters with the access key of the base identity. */
export const ADDON_SECRET = { namespace: 'kube-system', name: 'alibaba-addon-secret' } as const;

/** Name of the MutatingWebhookConfiguration; the rights of the program name it. */
export const WEBHOOK_CONFIGURATION = 'aliyun-acr-credential-helper';

/** On the Lease of the leader: digests of what the Secrets hold, so that only what this program wrote is taken over at a restart. */
export const SEALS_ANNOTATION = 'acr-credential-helper/seals';
