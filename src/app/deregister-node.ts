import type { Config } from '../config/options.ts';
import { deregister } from '../node/deregister.ts';
import type { Deregistration } from '../node/deregister.ts';
import { createBase } from './base.ts';
import { createClient } from './connect-cluster.ts';
import type { Environment } from './connect-cluster.ts';

/** Reaches the cluster and deletes the configured Node, if it may go. @throws EciKubeletError when the cluster cannot be reached. */
export async function deregisterNode(options: {
  config: Config;
  env: Environment;
  force: boolean;
}): Promise<Deregistration> {
  const { config, env, force } = options;
  const base = await createBase({ ...config, logLevel: 'error', logFormat: 'text' });
  const client = await createClient(base, env);
  try {
    return await deregister({ client, nodeName: config.nodeName, nowMs: base.clock.nowMs(), force });
  } finally {
    await client.close();
  }
}
