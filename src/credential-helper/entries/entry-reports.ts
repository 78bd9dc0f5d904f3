/** What users are told about entries. Messages name position, instance and region, and hold no secret. */
import { toRfc3339 } from '../../clock.ts';
import { describeRegistry } from '../../credentials/describe-chain.ts';
import type { Report } from '../report.ts';
import { describeFailure, type EntryFailure } from './failure.ts';
import { hostsOf } from './hosts.ts';
import type { EntryPlan } from './model.ts';
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
    message: `${nameEntries(plans)}: password until ${toRfc3339(held.expiresAtMs)}, next renewal at ${toRfc3339(dueAtMs)}, for ${listHosts(hosts)}.`,
  };
}

/** Names some hosts, and says how many more there are. */
export function listHosts(hosts: readonly string[]): string {
  const more = hosts.length - MAX_HOSTS_TOLD;
  const told = hosts.slice(0, MAX_HOSTS_TOLD).join(', ');
  if (hosts.length === 0) return 'no host';
  return more > 0 ? `${told} and ${more} more` : told;
}
