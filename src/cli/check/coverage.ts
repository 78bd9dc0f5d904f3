import { nearest } from '../../config/nearest.ts';
import { classifyRegistryHost, withoutDefaultPort } from '../../images/registry-host.ts';
import type { RegistryHost } from '../../images/registry-host.ts';
import type { EntryFacts } from './facts.ts';

/** Which entry is for a host. */
export type Coverage =
  | { kind: 'covered'; entry: EntryFacts }
  /** None of those whose names are known; these take theirs from the cloud, and nobody told them. */
  | { kind: 'unknown'; candidates: readonly EntryFacts[] }
  | { kind: 'uncovered'; near?: NearHost };

/** A host that an entry does cover, and that may have been meant. */
export interface NearHost {
  host: string;
  entry: EntryFacts;
  /** `instance`: another name of the very same instance. `spelling`: almost the same letters. */
  because: 'instance' | 'spelling';
}

/** Finds the entry for a host; of several, the first has it. Pure. */
export function coverageOf(host: string, registry: RegistryHost, entries: readonly EntryFacts[]): Coverage {
  const covering = entries.find((entry) => entry.hosts?.includes(host) === true);
  if (covering !== undefined) return { kind: 'covered', entry: covering };
  const candidates = entries.filter((entry) => entry.hosts === undefined && mayCover(entry, registry));
  if (candidates.length > 0) return { kind: 'unknown', candidates };
  const near = nearHost(host, registry, entries);
  return near === undefined ? { kind: 'uncovered' } : { kind: 'uncovered', near };
}

/**
 * Names the entries that are, or may be, for the host: they matter when they are in some state. Says so in a sentence that goes on
 * after the name.
 */
export function responsible(coverage: Coverage): { entry: EntryFacts; role: string }[] {
  if (coverage.kind === 'covered') return [{ entry: coverage.entry, role: 'is for this host' }];
  if (coverage.kind === 'uncovered') return [];
  return coverage.candidates.map((entry) => ({ entry, role: 'may be for this host (its names are not known yet)' }));
}

/** How an entry is called: `entry 2 (cri-abc in cn-hangzhou)`. */
export function nameEntry(entry: EntryFacts): string {
  const { position, instanceId = 'Personal Edition', regionId } = entry;
  return `entry ${position} (${instanceId} in ${regionId ?? 'the region of the cluster'})`;
}

/** Writes the last error of an entry as a sentence. */
export function tellError({ reason, message, since }: NonNullable<EntryFacts['lastError']>): string {
  return since === undefined ? `${reason}: ${message}` : `Since ${since}: ${reason}: ${message}`;
}

/** Says what to write into `acr-registry-info` for a host, in one sentence. */
export function whatToAdd(host: string, registry: RegistryHost): string {
  switch (registry.kind) {
    case 'enterprise':
      return `Add an entry with the instanceId (cri-…) of the instance ${registry.instanceName} and regionId ${registry.regionId} to acr-registry-info; leave domains out, or have ${host} in it.`;
    case 'personal':
      return `Add an entry with instanceId "" and regionId ${registry.regionId} to acr-registry-info.`;
    case 'personal-dedicated':
    case 'other':
    default:
      return `Add ${host} to domains of the entry of its instance in acr-registry-info.`;
  }
}

/** An entry without known names is for an Enterprise instance: those of Personal Edition follow from the region. */
function mayCover(entry: EntryFacts, registry: RegistryHost): boolean {
  if (registry.kind === 'personal' || registry.kind === 'personal-dedicated') return entry.instanceId === undefined;
  if (registry.kind === 'other') return entry.instanceId !== undefined;
  return entry.instanceId !== undefined && (entry.regionId ?? registry.regionId) === registry.regionId;
}

function nearHost(host: string, registry: RegistryHost, entries: readonly EntryFacts[]): NearHost | undefined {
  const known = entries.flatMap((entry) => (entry.hosts ?? []).map((name) => ({ host: name, entry })));
  const sibling = known.find(
    (other) => withoutDefaultPort(host) === other.host || isSameInstance(registry, classifyRegistryHost(other.host)),
  );
  if (sibling !== undefined) return { ...sibling, because: 'instance' };
  const name = nearest(
    host,
    known.map((other) => other.host),
  );
  const similar = known.find((other) => other.host === name);
  return similar === undefined ? undefined : { ...similar, because: 'spelling' };
}

function isSameInstance(a: RegistryHost, b: RegistryHost): boolean {
  if (a.kind === 'enterprise' && b.kind === 'enterprise') {
    return a.instanceName === b.instanceName && a.regionId === b.regionId;
  }
  return a.kind === 'personal' && b.kind === 'personal' && a.regionId === b.regionId;
}
