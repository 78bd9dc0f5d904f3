import type { ConfigSource } from '../config/source.ts';
import type { Selection } from '../config/model.ts';
import type { EntryStatus, HelperStatus, NamespacesStatus, SelectionStatus } from './model.ts';

/** Who knows what the status says. Everything is asked anew for each status, and answers from memory. */
export interface StatusSources {
  version: string;
  /** Base identity in words, once it was decided. */
  identity(): string | undefined;
  config: Pick<ConfigSource, 'current' | 'findings'>;
  entries(): readonly EntryStatus[];
  /** @returns undefined where nothing is written, as on a follower. */
  namespaces(): NamespacesStatus | undefined;
  leadership(): { leading: boolean; /** Identity of the leader, if anybody leads. */ leader?: string };
}

/** Puts together what one replica knows of itself. Pure but for its sources. */
export function collectStatus(sources: StatusSources): HelperStatus {
  const { leading, leader } = sources.leadership();
  const identity = sources.identity();
  const namespaces = sources.namespaces();
  return {
    version: sources.version,
    role: leading ? 'leader' : 'follower',
    ...(leader === undefined ? {} : { leader }),
    ...(identity === undefined ? {} : { identity }),
    configuration: configurationStatus(sources.config),
    entries: sources.entries().toSorted(inReadingOrder),
    ...(namespaces === undefined ? {} : { namespaces: { ...namespaces, conflicts: namespaces.conflicts.toSorted() } }),
  };
}

/** Makes the answer to `/status`. */
export function statusPage(sources: StatusSources): { contentType: string; body: string } {
  return { contentType: 'application/json', body: `${JSON.stringify(collectStatus(sources))}\n` };
}

function configurationStatus(config: StatusSources['config']): HelperStatus['configuration'] {
  const state = config.current();
  // Only these members: what else a finding may come to hold is not for everybody.
  const findings = config.findings().map(({ reason, key, message, position }) => ({
    reason,
    key,
    message,
    ...(position === undefined ? {} : { position }),
  }));
  if (state.kind === 'incomplete') return { state: 'incomplete', why: state.why, findings };
  return {
    state: 'complete',
    namespaces: selectionStatus(state.config.namespaces),
    serviceAccounts: selectionStatus(state.config.serviceAccounts),
    findings,
  };
}

/** Writes a selection as JSON. */
export function selectionStatus(selection: Selection): SelectionStatus {
  return selection.kind === 'all' ? 'all' : selection.names;
}

/** Several ids in one element share its position; their ids keep the order stable. */
function inReadingOrder(a: EntryStatus, b: EntryStatus): number {
  return (
    a.position - b.position ||
    (a.instanceId ?? '').localeCompare(b.instanceId ?? '') ||
    a.regionId.localeCompare(b.regionId)
  );
}
