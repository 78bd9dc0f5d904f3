import type { Config } from '../config/options.ts';
import { deregister } from '../node/deregister.ts';
import type { Deregistration } from '../node/deregister.ts';
import { systemClock } from '../clock.ts';
import type { Environment } from './connect-cluster.ts';
import { openClient } from './open-client.ts';

/** Reaches the cluster and deletes the configured Node, if it may go. @throws EciKubeletError when the cluster cannot be reached. */
export async function deregisterNode(options: {
  config: Config;
  env: Environment;
  force: boolean;
}): Promise<Deregistration> {
  const { config, env, force } = options;
  const client = await openClient({ config, env });
  try {
    return await deregister({ client, nodeName: config.nodeName, nowMs: systemClock.nowMs(), force });
  } finally {
    await client.close();
  }
}
