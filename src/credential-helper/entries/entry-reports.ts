/** What users are told about entries. Messages name position, instance and region, and hold no secret. */
import { toRfc3339 } from '../../clock.ts';
import { describeRegistry } from '../../credentials/describe-chain.ts';
import type { Finding } from '../config/model.ts';
import type { Report } from '../report.ts';
import { describeFailure, type EntryFailure } from './failure.ts';
import { hostsOf, type HostConflict } from './hosts.ts';
import type { EntryPlan } from './model.ts';
import { effectiveThreshold } from './schedule.ts';
import type { SharedCredential, Timing } from './shared-credential.ts';

/** More names say nothing more, and have no room in an event. */
const MAX_HOSTS_TOLD = 5;

/** Names entries that share a credential: `Entries 1 and 3 (instance cri-a in cn-beijing)`. */
export function nameEntries(plans: readonly EntryPlan[]): string {
  const positions = [...new Set(plans.map(({ entry }) => entry.position))].map(String);
  const last = positions.at(-1) ?? '';
  const registry = plans.map(({ instanceId, regionId }) => describeRegistry(instanceId, regionId))[0] ?? '';
  return positions.length === 1
    ? `Entry ${last} (${registry})`
    : `Entries ${positions.slice(0, -1).join(', ')} and ${last} (${registry})`;
}

/** That the chain failed: what, why, and what serves meanwhile. */
export function fetchFailed(credential: SharedCredential, failure: EntryFailure, nowMs: number): Report {
  const { plans, held } = credential;
  const subject = nameEntries(plans);
  const remark =
    held !== undefined && credential.isLive(nowMs) && !credential.lacksHosts
      ? `The password of before serves until ${toRfc3339(held.expiresAtMs)}.`
      : 'Nothing serves its hosts meanwhile.';
  return {
    reason: 'CredentialFetchFailed',
    message: describeFailure(subject, failure, remark),
    sameAs: `${subject}: ${failure.what}`,
  };
}

/** That the names of an instance could not be listed again, which takes nothing away. */
export function hostsNotRefreshed(plans: readonly EntryPlan[], failure: EntryFailure): Report {
  const subject = nameEntries(plans);
  return {
    reason: 'CredentialFetchFailed',
    message: describeFailure(subject, failure, 'The password was renewed; the host names of before stay.'),
    sameAs: `${subject}: ${failure.what}, names stay`,
  };
}

/** That the password ran out without a successor. */
export function credentialExpired(credential: SharedCredential, expiresAtMs: number): Report {
  const { plans, trouble, learnedHosts } = credential;
  const hosts = [...new Set(plans.flatMap((plan) => hostsOf(plan, learnedHosts) ?? []))];
  const since = trouble === undefined ? '' : `; failing since ${toRfc3339(trouble.sinceMs)}: ${trouble.failure.what}`;
  return {
    reason: 'CredentialExpired',
    message: `${nameEntries(plans)}: the password ends at ${toRfc3339(expiresAtMs)} and could not be renewed${since}. Taken out of the Secrets: ${listHosts(hosts)}.`,
    sameAs: `${nameEntries(plans)}: ${expiresAtMs}`,
  };
}

/** That there is a password, or one again. */
export function credentialsRefreshed(credential: SharedCredential, timing: Timing): Report | undefined {
  const { plans, held, learnedHosts } = credential;
  const dueAtMs = credential.window(timing)?.dueAtMs;
  if (held === undefined || dueAtMs === undefined) return undefined;
  const hosts = [...new Set(plans.flatMap((plan) => hostsOf(plan, learnedHosts) ?? []))];
  return {
    reason: 'CredentialsRefreshed',
    message: `${nameEntries(plans)}: password until ${toRfc3339(held.expiresAtMs)} for ${listHosts(hosts)}; next renewal at ${toRfc3339(dueAtMs)}.`,
  };
}

/** That `expiring-threshold` does not fit the life of the passwords; undefined where it does. */
export function thresholdFinding({ plans, held }: SharedCredential, configuredMs: number): Finding | undefined {
  if (held === undefined) return undefined;
  const { changed } = effectiveThreshold(configuredMs, held.expiresAtMs - held.obtainedAtMs);
  if (changed === undefined) return undefined;
  // The text is the same for every password of the entry, however long each of them lives.
  const what =
    changed === 'lowered'
      ? 'is more than half of the life of its passwords; they are renewed when half of it is left'
      : 'is too short to renew a password in time; they are renewed two minutes before their end';
  return {
    reason: 'ConfigWarning',
    key: 'expiring-threshold',
    message: `${nameEntries(plans)}: ${Math.round(configuredMs / 1000)} s ${what}.`,
    ...positionOf(plans),
  };
}

/** That two entries name one host. */
export function conflictFinding(
  { host, keeper, loser }: HostConflict,
  plans: readonly EntryPlan[],
): Finding | undefined {
  const first = plans[keeper];
  const second = plans[loser];
  if (first === undefined || second === undefined) return undefined;
  return {
    reason: 'ConfigWarning',
    key: 'acr-registry-info',
    message: `${host} is a name of entry ${first.entry.position} (${describeRegistry(first.instanceId, first.regionId)}) and of entry ${second.entry.position} (${describeRegistry(second.instanceId, second.regionId)}): the first keeps it, the password of the second is not used for it.`,
    position: second.entry.position,
  };
}

function positionOf(plans: readonly EntryPlan[]): { position?: number } {
  const position = plans[0]?.entry.position;
  return position === undefined ? {} : { position };
}

function listHosts(hosts: readonly string[]): string {
  const more = hosts.length - MAX_HOSTS_TOLD;
  const told = hosts.slice(0, MAX_HOSTS_TOLD).join(', ');
  if (hosts.length === 0) return 'no host';
  return more > 0 ? `${told} and ${more} more` : told;
}
