import type { Config } from '../config/options.ts';
import type { ClosableKubeClient } from '../kube/client.ts';
import { createBase } from './base.ts';
import { createClient } from './connect-cluster.ts';
import type { Environment } from './connect-cluster.ts';

/**
 * Opens the API server for a command that asks a few things and ends; only errors are logged.
 * @throws EciKubeletError when there is no usable kubeconfig.
 */
export async function openClient(options: { config: Config; env: Environment }): Promise<ClosableKubeClient> {
  const { config, env } = options;
  const base = await createBase({ ...config, logLevel: 'error', logFormat: 'text' });
  return createClient(base, env);
}
