import type { Config } from '../config/options.ts';

/** The options that say which Node, of which cluster. */
export const deregisterConfigKeys: readonly (keyof Config)[] = ['kubeconfig', 'nodeName'];
