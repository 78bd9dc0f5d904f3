import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/options.ts';
import type { Sources } from '../../config/settings.ts';
import type { KubeClient } from '../../kube/types.ts';
import type { CommandIo } from '../command-io.ts';
import { askAddress, askLeader } from './ask-helper.ts';
import type { HelperAnswer } from './ask-helper.ts';
import { assumedHelperOptions } from './helper-options.ts';

/** What the commands that look at the helper work with. */
export interface HelperLookout {
  client: KubeClient;
  config: Config;
  /** Absent unless it was configured: there is no telling it from the cluster. */
  regionId: string | undefined;
  /** @param from address to ask in place of the leader. */
  ask(from: string | undefined): Promise<HelperAnswer>;
}

/**
 * Loads the configuration and opens the API server for one command.
 * @throws ConfigError for options that cannot be used; EciKubeletError when there is no usable kubeconfig; and what `work` throws.
 */
export async function withHelperLookout<T>(
  io: CommandIo,
  flags: Sources['flags'],
  work: (lookout: HelperLookout) => Promise<T>,
): Promise<T> {
  const loaded = await loadConfig({ flags, environment: io.environment, assumed: assumedHelperOptions });
  const { config } = loaded;
  const { openClient } = await import('../../app/open-client.ts');
  const client = await openClient({ config, env: io.environment });
  const lease = { namespace: config.leaderElectNamespace ?? 'kube-system', name: config.leaderElectLease };
  try {
    return await work({
      client,
      config,
      regionId: loaded.assumed.includes('regionId') ? undefined : config.regionId,
      ask: async (from) => (from === undefined ? askLeader(client, lease) : askAddress(from, fetchJson)),
    });
  } finally {
    await client.close();
  }
}

/** Reads JSON over plain HTTP. */
async function fetchJson(url: string): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ADDRESS_TIMEOUT_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  try {
    return await answer.json();
  } catch {
    throw new Error('the answer is not JSON');
  }
}

/** A helper answers from memory: longer means that there is none. */
const ADDRESS_TIMEOUT_MS = 5_000;
