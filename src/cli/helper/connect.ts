import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/options.ts';
import type { Sources } from '../../config/settings.ts';
import type { ClosableKubeClient } from '../../kube/client.ts';
import type { KubeClient } from '../../kube/types.ts';
import type { CommandIo } from '../command-io.ts';
import { askAddress, askLeader } from './ask-helper.ts';
import type { HelperAnswer } from './ask-helper.ts';
import { credentialHelperAssumptions } from '../credential-helper-options.ts';

/** What the commands that look at the helper work with. */
export interface HelperLookout {
  /**
   * Opens the API server at the first call.
   * @throws EciKubeletError when there is no usable kubeconfig.
   */
  client(): Promise<KubeClient>;
  config: Config;
  /** Absent unless it was configured: there is no telling it from the cluster. */
  regionId: string | undefined;
  /** @param from address to ask in place of the leader. */
  ask(from: string | undefined): Promise<HelperAnswer>;
}

/**
 * Loads the configuration for one command, and closes what it has opened.
 * @throws ConfigError for options that cannot be used, and what `work` throws.
 */
export async function withHelperLookout<T>(
  io: CommandIo,
  flags: Sources['flags'],
  work: (lookout: HelperLookout) => Promise<T>,
): Promise<T> {
  const loaded = await loadConfig({ flags, environment: io.environment, assumed: credentialHelperAssumptions });
  const { config } = loaded;
  let opened: Promise<ClosableKubeClient> | undefined;
  const client = (): Promise<ClosableKubeClient> => (opened ??= open(config, io.environment));
  const lease = { namespace: config.leaderElectNamespace ?? 'kube-system', name: config.leaderElectLease };
  try {
    return await work({
      client,
      config,
      regionId: loaded.assumed.includes('regionId') ? undefined : config.regionId,
      ask: async (from) => (from === undefined ? askLeader(await client(), lease) : askAddress(from, fetchJson)),
    });
  } finally {
    await opened?.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}

async function open(config: Config, env: CommandIo['environment']): Promise<ClosableKubeClient> {
  const { openClient } = await import('../../app/open-client.ts');
  return openClient({ config, env });
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
