import { toRfc3339 } from '../../clock.ts';
import { selects } from '../../credential-helper/config/model.ts';
import type { Finding, HelperConfig } from '../../credential-helper/config/model.ts';
import { selectionStatus } from '../../credential-helper/status/collect.ts';
import type { SelectionStatus } from '../../credential-helper/status/model.ts';
import type { WarningEvent } from '../helper/warning-events.ts';
import type { ConfiguredEntry } from '../helper/configured-entries.ts';
import type { Seen } from '../helper/look.ts';
import type { Configuration } from '../helper/read-configuration.ts';
import type { SecretFacts } from '../helper/secret-facts.ts';

/** What is in the cluster, as it was read. */
export interface ClusterFacts {
  configMap: string;
  configuration: Configuration;
  entries: readonly ConfiguredEntry[];
  /** Names of those that exist. */
  namespaces: Seen<readonly string[]>;
  /** The helper's Secret, by namespace. */
  secrets: Seen<ReadonlyMap<string, SecretFacts>>;
  accounts: Seen<readonly { namespace: string; name: string; attached: boolean }[]>;
  events: Seen<readonly WarningEvent[]>;
}

/**
 * How one namespace stands. `expired`: something in it has run out. `left-over`: it has our Secret and is not watched. `foreign`: the
 * Secret of our name is somebody else's.
 */
export type SecretState = 'serving' | 'empty' | 'expired' | 'unusable' | 'missing' | 'foreign' | 'left-over';

/** The Secret of one namespace. */
export interface SecretView {
  namespace: string;
  state: SecretState;
  hosts: readonly string[];
  /** Earliest expiry, RFC 3339. */
  expiresAt?: string;
}

/** What can be said of the helper from the API server alone: what `status` shows where no helper answers. Times are RFC 3339. */
export interface ClusterView {
  configuration: {
    configMap: string;
    state: Configuration['kind'];
    why?: string;
    namespaces?: SelectionStatus;
    serviceAccounts?: SelectionStatus;
    findings: readonly Finding[];
  };
  entries: readonly ConfiguredEntry[];
  /** By namespace, in alphabetical order. */
  secrets: readonly SecretView[];
  serviceAccounts?: { selected: number; attached: number };
  events: readonly WarningEvent[];
  /** What this user may not see, and why. */
  notSeen: readonly string[];
}

/** Judges the facts. Pure. */
export function viewCluster(facts: ClusterFacts, nowMs: number): ClusterView {
  const { configuration, entries } = facts;
  const config = configuration.kind === 'complete' ? configuration.config : undefined;
  const accounts = config === undefined ? undefined : countAccounts(facts, config);
  return {
    configuration: {
      configMap: facts.configMap,
      state: configuration.kind,
      ...(configuration.kind === 'complete' ? {} : { why: configuration.why }),
      ...(config === undefined
        ? {}
        : {
            namespaces: selectionStatus(config.namespaces),
            serviceAccounts: selectionStatus(config.serviceAccounts),
          }),
      findings: configuration.kind === 'hidden' ? [] : configuration.findings,
    },
    entries,
    secrets: secretViews(facts, config, nowMs),
    ...(accounts === undefined ? {} : { serviceAccounts: accounts }),
    events: facts.events.kind === 'seen' ? facts.events.value : [],
    notSeen: [
      ...hidden('namespaces', facts.namespaces),
      ...hidden('Secrets', facts.secrets),
      ...hidden('ServiceAccounts', facts.accounts),
      ...hidden('events', facts.events),
    ],
  };
}

function secretViews(facts: ClusterFacts, config: HelperConfig | undefined, nowMs: number): SecretView[] {
  const { secrets, namespaces } = facts;
  if (secrets.kind !== 'seen') return [];
  const watched = new Set(config === undefined ? [] : watchedNamespaces(config, namespaces));
  return [...new Set([...watched, ...secrets.value.keys()])].sort().map((namespace) => {
    const secret = secrets.value.get(namespace);
    if (secret === undefined) return { namespace, state: 'missing', hosts: [] };
    const isWatched = config === undefined || watched.has(namespace);
    return {
      namespace,
      state: secret.ours && !isWatched ? 'left-over' : stateOf(secret, nowMs),
      hosts: secret.servers,
      ...(secret.expiresAtMs === undefined ? {} : { expiresAt: toRfc3339(secret.expiresAtMs) }),
    };
  });
}

/** Named ones that do not exist are not missing anything; they are served when they appear. */
function watchedNamespaces(
  { namespaces: selection }: HelperConfig,
  existing: Seen<readonly string[]>,
): readonly string[] {
  if (existing.kind === 'seen') return existing.value.filter((name) => selects(selection, name));
  return selection.kind === 'named' ? selection.names : [];
}

function stateOf({ ours, unusable, servers, marks, expiresAtMs }: SecretFacts, nowMs: number): SecretState {
  if (!ours) return 'foreign';
  if (unusable !== undefined) return 'unusable';
  if (servers.length === 0) return 'empty';
  const ends = [...marks.map((mark) => mark.expiresAtMs), ...(expiresAtMs === undefined ? [] : [expiresAtMs])];
  return ends.some((end) => end <= nowMs) ? 'expired' : 'serving';
}

function countAccounts(
  { accounts }: ClusterFacts,
  { namespaces, serviceAccounts }: HelperConfig,
): { selected: number; attached: number } | undefined {
  if (accounts.kind !== 'seen') return undefined;
  const selected = accounts.value.filter(
    ({ namespace, name }) => selects(namespaces, namespace) && selects(serviceAccounts, name),
  );
  return { selected: selected.length, attached: selected.filter(({ attached }) => attached).length };
}

function hidden(what: string, seen: Seen<unknown>): string[] {
  return seen.kind === 'hidden' ? [`${what}: ${seen.why}`] : [];
}
