import type { Config } from '../../config/options.ts';
import { planAssumptions } from '../plan/plan-options.ts';

/** The options that say which cluster, and which configuration in it. */
export const helperConfigKeys: readonly (keyof Config)[] = ['kubeconfig', 'acrConfigMap'];

/** `check pod` also shows what a virtual node would do. */
export const checkPodConfigKeys: readonly (keyof Config)[] = [...helperConfigKeys, 'credentialDelivery'];

/** Defaults of the credential helper where they differ from those of the virtual node, and stand-ins for what does not matter. */
export const assumedHelperOptions = {
  ...planAssumptions,
  leaderElectLease: 'aliyun-acr-credential-helper',
  leaderElectNamespace: 'kube-system',
} as const;

/** How status and checks can be printed. */
export const helperOutputs = ['table', 'json'] as const;
