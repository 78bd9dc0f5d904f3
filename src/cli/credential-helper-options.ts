import type { Plain } from '../config/option.ts';
import { optionRows } from '../config/options.ts';
import type { Config } from '../config/options.ts';
import { planAssumptions } from './plan/plan-options.ts';

const ownGroup = optionRows.flatMap(([key, option]) => (option.group === 'Credential helper' ? [key] : []));

/** The options of `credential-helper`: those of `run` that are not about nodes, Pods and ECI, and its own. */
export const credentialHelperConfigKeys: readonly (keyof Config)[] = [
  'regionId',
  'stsEndpoint',
  'crEndpoint',
  'metadataEndpoint',
  'rateLimits',
  'kubeconfig',
  'clusterDomain',
  'apiQps',
  'apiBurst',
  ...ownGroup,
  'webhookAddress',
  'webhookService',
  'webhookUrl',
  'shutdownBudgetMs',
  'leaderElect',
  'leaderElectLease',
  'leaderElectNamespace',
  'leaderElectLeaseDurationMs',
  'leaderElectRenewDeadlineMs',
  'leaderElectRetryPeriodMs',
  'logLevel',
  'logFormat',
  'adminAddress',
];

/** Its defaults where they differ from those of `run`. */
export const credentialHelperDefaults = {
  leaderElect: true,
  leaderElectLease: 'aliyun-acr-credential-helper',
  leaderElectNamespace: 'kube-system',
  webhookService: 'kube-system/aliyun-acr-credential-helper-webhook',
  // One write per namespace and ServiceAccount: a large cluster is served in minutes, and API priority and fairness protects the server.
  apiQps: 200,
  apiBurst: 400,
} as const satisfies Readonly<Record<string, Plain>>;

/** The defaults, and stand-ins for what `run` requires and this does not use. */
export const credentialHelperAssumptions = { ...planAssumptions, ...credentialHelperDefaults };

/** How help says the defaults: where nobody sets the region, the metadata service of the machine is asked. */
export const credentialHelperShownDefaults = { ...credentialHelperDefaults, regionId: 'that of the machine' };
