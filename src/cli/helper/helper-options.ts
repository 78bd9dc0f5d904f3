import type { Config } from '../../config/options.ts';

/** The options that say which cluster, and which configuration in it. */
export const helperConfigKeys: readonly (keyof Config)[] = ['kubeconfig', 'acrConfigMap'];

/** `check pod` also shows what a virtual node would do. */
export const checkPodConfigKeys: readonly (keyof Config)[] = [...helperConfigKeys, 'credentialDelivery'];

/** How status and checks can be printed. */
export const helperOutputs = ['table', 'json'] as const;
