import { classifyRegistryHost } from '../../../images/registry-host.ts';
import type { Finding, RegistryEntry } from '../model.ts';
import { readDomains } from './domains.ts';
import { readEntry, sessionSeconds } from './entry.ts';
import { listSome } from './list-some.ts';
import { describePlace } from './place.ts';
import { finding, unusable, type Reading } from './reading.ts';
import { isBlank, type YamlValue } from './yaml-value.ts';

type Entries = readonly RegistryEntry[];

/** What nothing at all stands for: Personal Edition in the region of the cluster. */
const impliedEntry: RegistryEntry = { position: 1, expireDurationSeconds: sessionSeconds.default };

/** Reads `acr-registry-info`. A fault in one entry costs that entry; one in the structure makes the whole unusable. */
export function readEntries(value: YamlValue | undefined, key: string): Reading<Entries> {
  if (value === undefined || saysNothing(value)) return { value: [impliedEntry], findings: [] };
  const findings: Finding[] = [];
  if (value.kind === 'map')
    findings.push(finding('ConfigWarning', key, 'is a single mapping, and is taken as a list with this one entry'));
  const elements = value.kind === 'list' ? value.items : [value];
  const entries: RegistryEntry[] = [];
  for (const [index, element] of elements.entries()) {
    if (element.kind !== 'map')
      return unusable(
        key,
        `${describePlace(element.at)}: is not a list of mappings; start every entry with "- instanceId:"`,
      );
    const read = readEntry(element, index + 1, key);
    entries.push(...read.entries);
    findings.push(...read.findings);
  }
  const { kept, lost } = giveHostsOnce(entries, key);
  return { value: kept, findings: [...findings, ...lost, ...aboutPlainKeys(kept, key)] };
}

/** Joins in `acr-registry`, a comma list of hosts from before there were entries. It only counts where there are none. */
export function withLegacyHosts(
  entries: Reading<Entries>,
  info: { value: YamlValue | undefined; key: string },
  legacy: { value: YamlValue | undefined; key: string },
): Reading<Entries> {
  if (isBlank(legacy.value)) return entries;
  const warn = (text: string): Finding => finding('ConfigWarning', legacy.key, text);
  if (entries.value === undefined || !saysNothing(info.value))
    return { ...entries, findings: [...entries.findings, warn(`has no effect beside ${info.key}; remove it`)] };
  const domains = readDomains(legacy.value);
  if (domains === undefined || domains.hosts.length === 0) return unusable(legacy.key, 'holds no host name');
  const findings = [warn(`is the old form; write the hosts as domains of an entry of ${info.key}`)];
  if (domains.invalid.length > 0)
    findings.push(warn(`left out, being no host name: element ${listSome(domains.invalid.map(String))}`));
  const enterprise = domains.hosts.filter((host) => classifyRegistryHost(host).kind === 'enterprise');
  if (enterprise.length > 0)
    findings.push(
      warn(`hosts of Enterprise Edition need an entry with the id of the instance: ${listSome(enterprise)}`),
    );
  return { value: [{ ...impliedEntry, domains: domains.hosts }], findings };
}

function saysNothing(value: YamlValue | undefined): boolean {
  return isBlank(value) || (value?.kind === 'list' && value.items.length === 0);
}

/** The first entry that names a host keeps it. An entry that loses all its hosts is left out: without any it would serve all. */
function giveHostsOnce(entries: Entries, key: string): { kept: RegistryEntry[]; lost: Finding[] } {
  const owners = new Map<string, number>();
  const kept: RegistryEntry[] = [];
  const lost: Finding[] = [];
  for (const entry of entries) {
    const { domains, position } = entry;
    const own = domains?.filter((host) => !owners.has(host));
    if (domains === undefined || own === undefined || own.length === domains.length) kept.push(entry);
    else {
      if (own.length > 0) kept.push({ ...entry, domains: own });
      const end = own.length > 0 ? '' : `; nothing is left of entry ${position}, which is not served`;
      lost.push(
        ...aboutLostHosts(domains, owners, position, key).map((item) => ({ ...item, message: item.message + end })),
      );
    }
    for (const host of own ?? []) owners.set(host, position);
  }
  return { kept, lost };
}

/** One finding per entry that has some of the hosts already. */
function aboutLostHosts(
  domains: readonly string[],
  owners: ReadonlyMap<string, number>,
  position: number,
  key: string,
): Finding[] {
  const byOwner = Map.groupBy(domains, (host) => owners.get(host));
  return [...byOwner].flatMap(([owner, hosts]) => {
    if (owner === undefined) return [];
    const text = `entries ${owner} and ${position} both name ${listSome(hosts.map(showHost))}; entry ${owner} keeps what both name`;
    return [{ ...finding('ConfigWarning', key, text), position }];
  });
}

/** A word without a dot or a port may be anything, such as a key in the wrong place. */
function showHost(host: string): string {
  return /[.:]/.test(host) ? host : `a host of ${host.length} letters`;
}

function aboutPlainKeys(entries: Entries, key: string): Finding[] {
  const positions = [
    ...new Set(entries.filter(({ accessKey }) => accessKey !== undefined).map(({ position }) => position)),
  ];
  if (positions.length === 0) return [];
  const text = `the access key of entry ${listSome(positions.map(String))} is plain text; whoever may read this configuration can read it`;
  return [finding('ConfigWarning', key, text)];
}
