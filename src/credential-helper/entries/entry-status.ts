import { toRfc3339 } from '../../clock.ts';
import type { EntryStatus } from '../status/model.ts';
import type { Finding, RegistryEntry } from '../config/model.ts';
import { describeFailure, type EntryFailure } from './failure.ts';
import { nameEntries } from './entry-reports.ts';
import { hostsOf } from './hosts.ts';
import type { EntryPlan } from './model.ts';
import type { SharedCredential, Timing } from './shared-credential.ts';

/** How an entry is doing that is served, or should be. */
export function servedStatus(
  plan: EntryPlan,
  credential: SharedCredential,
  { nowMs, timing }: { nowMs: number; timing: Timing },
): EntryStatus {
  const { held, trouble, learnedHosts, tried } = credential;
  const hosts = hostsOf(plan, learnedHosts);
  const isLive = credential.isLive(nowMs);
  const isServed = isLive && hosts !== undefined;
  // An entry that names its hosts does not care whether those of the instance can be listed.
  const failed = trouble !== undefined && (!trouble.hostsOnly || hosts === undefined);
  const nextMs = trouble === undefined ? credential.window(timing)?.dueAtMs : trouble.notBeforeMs;
  const error = failed ? trouble : credential.hostsFailure;
  return {
    position: plan.entry.position,
    ...(plan.instanceId === undefined ? {} : { instanceId: plan.instanceId }),
    regionId: plan.regionId,
    chain: plan.description,
    hosts: hosts ?? [],
    state: stateOf({ isServed, failed, tried, expired: held !== undefined && !isLive }),
    ...(isServed && held !== undefined ? { expiresAt: toRfc3339(held.expiresAtMs) } : {}),
    ...(nextMs === undefined ? {} : { nextRenewalAt: toRfc3339(nextMs) }),
    ...(error === undefined ? {} : { lastError: lastError(plan, error) }),
  };
}

/** An entry that cannot be served as it is configured. */
export function refusedStatus(
  { entry, finding: { reason, message } }: { entry: RegistryEntry; finding: Finding },
  { clusterRegionId, sinceMs }: { clusterRegionId: string; sinceMs: number },
): EntryStatus {
  return {
    position: entry.position,
    ...(entry.instanceId === undefined ? {} : { instanceId: entry.instanceId }),
    regionId: entry.regionId ?? clusterRegionId,
    chain: '',
    hosts: entry.domains ?? [],
    state: 'refused',
    lastError: { reason, message, since: toRfc3339(sinceMs) },
  };
}

function stateOf(is: {
  isServed: boolean;
  failed: boolean;
  tried: boolean;
  expired: boolean;
}): Exclude<EntryStatus['state'], 'refused'> {
  if (is.isServed) return is.failed ? 'failing' : 'serving';
  if (!is.tried) return 'waiting';
  return is.expired ? 'expired' : 'failing';
}

function lastError(
  plan: EntryPlan,
  error: { failure: EntryFailure; sinceMs: number },
): NonNullable<EntryStatus['lastError']> {
  return {
    reason: 'CredentialFetchFailed',
    message: describeFailure(nameEntries([plan]), error.failure),
    since: toRfc3339(error.sinceMs),
  };
}
