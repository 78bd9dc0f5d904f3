import { createHmac } from 'node:crypto';
import { toRfc3339 } from '../../clock.ts';
import type { SecretContent } from './credential-book.ts';
import { writeDockerConfig, type HostLogin } from './docker-config.ts';
import { assignHosts, type HostConflict } from './hosts.ts';
import type { EntryCredential, EntryMark, EntryPlan } from './model.ts';

/** All annotations of an object together may have 256 KiB. What has no room is fetched again after a restart. */
const MAX_MARKS_BYTES = 200_000;

/** An entry, and what it is served with now. */
export interface ServedEntry {
  plan: EntryPlan;
  /** Hosts that the entry is for; they are its own also while there is no credential. */
  hosts: readonly string[];
  credential: EntryCredential | undefined;
}

/**
 * Puts together what Secrets should hold. A host that several entries have is the first one's, whether that has a password or not:
 * otherwise pulls would change their identity with every failure.
 * @param entries in the order of the configuration.
 * @param digestKey makes digests that say nothing to those who do not have it.
 */
export function buildSecretContent(
  entries: readonly ServedEntry[],
  { email, digestKey }: { email: string; digestKey: Uint8Array },
): { content: SecretContent; conflicts: readonly HostConflict[] } {
  const { keepers, conflicts } = assignHosts(entries.map(({ hosts }) => hosts));
  const logins = new Map<string, HostLogin>();
  for (const [host, place] of keepers) {
    const credential = entries[place]?.credential;
    if (credential !== undefined) logins.set(host, credential);
  }
  const marks = new Map<string, EntryMark>();
  let expiresAtMs = Infinity;
  let bytes = 0;
  for (const { plan, credential } of entries) {
    if (credential === undefined || marks.has(plan.fingerprint)) continue;
    expiresAtMs = Math.min(expiresAtMs, credential.expiresAtMs);
    const mark = markOf(plan, credential);
    bytes += Buffer.byteLength(JSON.stringify(mark)) + ','.length;
    if (bytes <= MAX_MARKS_BYTES) marks.set(plan.fingerprint, mark);
  }
  const parts = {
    dockerConfig: writeDockerConfig(logins, email),
    marks: [...marks.values()],
    ...(Number.isFinite(expiresAtMs) ? { expiresAtMs } : {}),
  };
  const digest = createHmac('sha256', digestKey)
    .update(JSON.stringify([parts.dockerConfig.reveal(), parts.marks, parts.expiresAtMs ?? 0]))
    .digest('hex');
  return { content: { ...parts, digest }, conflicts };
}

function markOf({ fingerprint }: EntryPlan, { hosts, obtainedAtMs, expiresAtMs }: EntryCredential): EntryMark {
  return { fingerprint, hosts, obtainedAt: toRfc3339(obtainedAtMs), expiresAt: toRfc3339(expiresAtMs) };
}
