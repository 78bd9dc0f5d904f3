/** For which host names the password of an entry is, and which entry keeps a name that several have. */
import type { EntryPlan } from './model.ts';

/** Every region has these. */
const PERSONAL_PREFIXES = ['registry', 'registry-vpc', 'registry-internal'];
/** Regions outside China have these as well. */
const INTERNATIONAL_PREFIXES = ['registry-intl', 'registry-intl-vpc', 'registry-intl-internal'];

/** @returns the host names of Personal Edition in a region. Source: Container Registry documentation, domain names of Personal Edition. */
export function personalHosts(regionId: string): string[] {
  const prefixes = regionId.startsWith('cn-') ? PERSONAL_PREFIXES : [...PERSONAL_PREFIXES, ...INTERNATIONAL_PREFIXES];
  return prefixes.map((prefix) => `${prefix}.${regionId}.aliyuncs.com`);
}

/** Asks whether the names of an entry have to be asked of the registry service. */
export function mustLearnHosts({ entry, instanceId }: EntryPlan): boolean {
  return entry.domains === undefined && instanceId !== undefined;
}

/**
 * Says which hosts an entry is for.
 * @param learned names that ListInstanceEndpoint gave for the instance; used only where the entry names none itself.
 * @returns undefined while they are not known.
 */
export function hostsOf(plan: EntryPlan, learned?: readonly string[]): readonly string[] | undefined {
  if (plan.entry.domains !== undefined) return plan.entry.domains;
  return plan.instanceId === undefined ? personalHosts(plan.regionId) : learned;
}

/** A host that an entry has lost to one before it. Numbers are places among the entries that were given. */
export interface HostConflict {
  host: string;
  keeper: number;
  loser: number;
}

/** Gives every host to the first entry that has it. @param entries hosts of each entry, in the order of the configuration. */
export function assignHosts(entries: readonly (readonly string[])[]): {
  /** Host to the place of the entry that keeps it. */
  keepers: ReadonlyMap<string, number>;
  conflicts: readonly HostConflict[];
} {
  const keepers = new Map<string, number>();
  const conflicts: HostConflict[] = [];
  for (const [place, hosts] of entries.entries()) {
    for (const host of new Set(hosts)) {
      const keeper = keepers.get(host);
      if (keeper === undefined) keepers.set(host, place);
      else conflicts.push({ host, keeper, loser: place });
    }
  }
  return { keepers, conflicts };
}
