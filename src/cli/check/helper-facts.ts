import { selectionStatus } from '../../credential-helper/status/collect.ts';
import type { EntryStatus, HelperStatus } from '../../credential-helper/status/model.ts';
import type { ConfigurationFacts, EntryFacts, HelperFacts } from './facts.ts';
import { configuredEntries } from '../helper/configured-entries.ts';
import type { ConfiguredEntry } from '../helper/configured-entries.ts';
import type { Configuration } from '../helper/read-configuration.ts';

/** Takes the facts from a helper that answered. Pure. */
export function factsFromStatus(status: HelperStatus): HelperFacts {
  const { configuration, role } = status;
  return {
    source: 'helper',
    configuration: configurationFacts(configuration),
    entries: status.entries.map((entry) => entryFacts(entry, role)),
    ...(status.namespaces === undefined ? {} : { conflicts: status.namespaces.conflicts }),
    entryEvents: [],
  };
}

/**
 * Takes the facts from the configuration alone.
 * @param regionId region of the cluster; without it nobody knows the hosts of Personal Edition entries that name no region.
 */
export function factsFromConfiguration(
  configuration: Configuration,
  known: { regionId: string | undefined; entryEvents: readonly string[] },
): HelperFacts {
  const { regionId, entryEvents } = known;
  if (configuration.kind !== 'complete') {
    const { kind, why } = configuration;
    return { source: 'api-server', configuration: { kind, why }, entries: [], entryEvents };
  }
  const { config } = configuration;
  return {
    source: 'api-server',
    configuration: {
      kind: 'complete',
      namespaces: selectionStatus(config.namespaces),
      serviceAccounts: selectionStatus(config.serviceAccounts),
    },
    entries: configuredEntries(config, regionId).map((entry) => entryOnPaper(entry)),
    entryEvents,
  };
}

function configurationFacts(configuration: HelperStatus['configuration']): ConfigurationFacts {
  const { state, why = 'it does not say why.', namespaces, serviceAccounts } = configuration;
  if (state === 'incomplete') return { kind: 'incomplete', why };
  if (namespaces === undefined || serviceAccounts === undefined) {
    return { kind: 'hidden', why: 'the helper that answered does not tell what is selected' };
  }
  return { kind: 'complete', namespaces, serviceAccounts };
}

/** A follower knows how entries are configured, and nothing of their passwords. */
function entryFacts(entry: EntryStatus, role: HelperStatus['role']): EntryFacts {
  const { position, instanceId, regionId, chain, hosts, state, expiresAt, lastError } = entry;
  const isTold = role === 'leader' || state === 'refused';
  return {
    position,
    regionId,
    chain,
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(isTold ? { state } : {}),
    ...(expiresAt === undefined ? {} : { expiresAtMs: Date.parse(expiresAt) }),
    ...(lastError === undefined ? {} : { lastError }),
  };
}

/** Only a refusal is certain without a helper. */
function entryOnPaper({ refused, ...entry }: ConfiguredEntry): EntryFacts {
  return refused === undefined ? entry : { ...entry, state: 'refused', lastError: refused };
}
