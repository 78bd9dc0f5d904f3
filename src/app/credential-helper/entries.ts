import type { ConfigSource } from '../../credential-helper/config/source.ts';
import type { Finding } from '../../credential-helper/config/model.ts';
import { readAddonSecretKey } from '../../credential-helper/entries/addon-secret-key.ts';
import { watchBaseIdentity } from '../../credential-helper/entries/base-identity-watch.ts';
import { createBaseIdentityFinder } from '../../credential-helper/entries/base-identity.ts';
import type { CredentialBook } from '../../credential-helper/entries/credential-book.ts';
import { createIdentitySet } from '../../credential-helper/entries/identities.ts';
import { EntryKeeper } from '../../credential-helper/entries/keeper.ts';
import { createLeaseSeals } from '../../credential-helper/entries/lease-seals.ts';
import { planEntries } from '../../credential-helper/entries/plan-entries.ts';
import type { Reporter } from '../../credential-helper/report.ts';
import type { EntryStatus } from '../../credential-helper/status/model.ts';
import { createSessionName } from '../../credentials/session-name.ts';
import { readClusterFacts } from '../../kube/cluster-facts.ts';
import type { KubeClient } from '../../kube/types.ts';
import type { Base } from '../base.ts';
import { connectServices } from '../connect-services.ts';
import { leaseNamespace } from '../lead.ts';

/** The registry entries and their passwords. */
export interface Entries {
  /** Answers nothing before {@link Entries.open}. */
  book: Pick<CredentialBook, 'current' | 'recover'>;
  /**
   * Finds out where and who this program is, and makes the keeper of passwords, which knows every entry from then on. Called again,
   * it looks again who the base identity is.
   * @throws EciKubeletError when API server or metadata service give no answer.
   */
  open(): Promise<EntryKeeper>;
  /** Follows the base identity until `signal` fires. */
  watchIdentity(signal: AbortSignal): Promise<void>;
  /** Base identity in words, once it was decided. */
  identity(): string | undefined;
  statuses(): readonly EntryStatus[];
  findings(): readonly Finding[];
}

/** Connects the services of role chains with what keeps passwords. Nothing is asked yet. */
export function createEntries(
  base: Base,
  client: KubeClient,
  parts: { source: ConfigSource; reporter: Reporter; signal: AbortSignal; isRegionKnown: boolean },
): Entries {
  const { config, clock, random, logger, metrics } = base;
  const { source, reporter, signal, isRegionKnown } = parts;
  const finder = createBaseIdentityFinder({ client, tokenMode: config.tokenMode, logger });
  /** Entries are planned anew whenever one of the two changes. */
  const plannedBy: Pick<ConfigSource, 'current' | 'onChange'> = {
    current: () => source.current(),
    onChange: (listener) => {
      source.onChange(listener);
      finder.onChange(listener);
    },
  };
  const key = config.managedConfigFile === undefined ? 'acr-registry-info' : 'AcrInstanceInfo';
  let keeper: EntryKeeper | undefined;

  async function create(baseOf: () => Parameters<typeof planEntries>[1]['base']): Promise<EntryKeeper> {
    const network = config.endpointNetwork;
    // The metadata service is asked for the region itself, at an address that has none.
    const { metadata } = connectServices(base, { regionId: config.regionId, network, signal, tokenlessMetadata: true });
    const regionId = isRegionKnown ? config.regionId : await metadata.regionId();
    const { clusterId } = await readClusterFacts(client);
    const services = connectServices(base, { regionId, network, signal, tokenlessMetadata: true });
    const identities = createIdentitySet({
      ...services,
      clock,
      random,
      logger,
      metrics,
      sessionName: createSessionName(clusterId),
      managedTokenFile: config.managedTokenFile,
      rrsaTokenFile: config.rrsaTokenFile,
      addonKey: () => readAddonSecretKey(client),
    });
    logger.info('region decided', { regionId, from: isRegionKnown ? 'configuration' : 'metadata service' });
    return new EntryKeeper({
      config: plannedBy,
      plan: (current) => planEntries(current, { base: baseOf(), ownRegion: regionId, key }),
      chainsFor: (plan) => identities.chainsFor(plan),
      cr: services.cr,
      reporter,
      clock,
      random,
      metrics,
      logger,
      seals: createLeaseSeals({ client, namespace: await leaseNamespace(base), name: config.leaderElectLease }),
      clusterRegionId: regionId,
    });
  }

  return {
    book: { current: () => keeper?.current(), recover: (secret) => keeper?.recover(secret) ?? false },
    open: async () => {
      const found = await finder.find();
      keeper ??= await create(() => finder.current()?.base ?? found.base);
      await keeper.prepare();
      return keeper;
    },
    watchIdentity: (stop) => watchBaseIdentity(finder, { clock, random, logger }, stop),
    identity: () => finder.current()?.words,
    statuses: () => keeper?.statuses() ?? [],
    findings: () => keeper?.findings() ?? [],
  };
}
