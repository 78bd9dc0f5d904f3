/** What there is to say about the configuration that shows only when it is put to use. */
import { describeRegistry } from '../../credentials/describe-chain.ts';
import type { Finding } from '../config/model.ts';
import type { Reporter } from '../report.ts';
import type { CredentialSet } from './credential-set.ts';
import { listHosts, nameEntries } from './entry-reports.ts';
import type { HostConflict } from './hosts.ts';
import type { EntryPlan } from './model.ts';
import { effectiveThreshold } from './schedule.ts';
import type { SharedCredential } from './shared-credential.ts';

/** @param configuredMs `expiring-threshold`. @returns why entries are refused, which hosts two of them name, which thresholds do not fit. */
export function findingsOf(
  credentials: CredentialSet,
  { conflicts, configuredMs }: { conflicts: readonly HostConflict[]; configuredMs: number },
): Finding[] {
  return [
    ...credentials.planned.flatMap((planned) => (planned.kind === 'refused' ? [planned.finding] : [])),
    ...conflictFindings(conflicts, credentials.plans()),
    ...credentials.all().flatMap((credential) => thresholdFinding(credential, configuredMs) ?? []),
  ];
}

/** Tells each finding once for as long as the configuration has it. */
export class FindingTeller {
  readonly #reporter: Reporter;
  #told: ReadonlySet<string> = new Set();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Tells what was not told. A finding that comes and goes by itself, with the life of passwords, is not told again. */
  tell(findings: readonly Finding[]): void {
    for (const { reason, message } of findings) {
      if (!this.#told.has(message)) this.#reporter.aboutConfig({ reason, message });
    }
    this.#told = this.#told.union(messagesOf(findings));
  }

  /** Lets findings that a change of the configuration has done away with be told again, should they come back. */
  forgetOthers(findings: readonly Finding[]): void {
    this.#told = this.#told.intersection(messagesOf(findings));
  }
}

function messagesOf(findings: readonly Finding[]): Set<string> {
  return new Set(findings.map(({ message }) => message));
}

function thresholdFinding({ plans, held }: SharedCredential, configuredMs: number): Finding | undefined {
  if (held === undefined) return undefined;
  const { changed } = effectiveThreshold(configuredMs, held.expiresAtMs - held.obtainedAtMs);
  if (changed === undefined) return undefined;
  // The text is the same for every password of the entry, however long each of them lives.
  const what =
    changed === 'lowered'
      ? 'is more than half of the life of its passwords; they are renewed when half of it is left'
      : 'is too short to renew a password in time; they are renewed two minutes before their end';
  const key = 'expiring-threshold';
  return {
    reason: 'ConfigWarning',
    key,
    message: `${key}: ${nameEntries(plans)}: ${Math.round(configuredMs / 1000)} s ${what}.`,
    position: plans[0].entry.position,
  };
}

/** One finding for each pair of entries, however many names they share. */
function conflictFindings(conflicts: readonly HostConflict[], plans: readonly EntryPlan[]): Finding[] {
  const byPair = Map.groupBy(conflicts, ({ keeper, loser }) => `${keeper} ${loser}`);
  return [...byPair.values()].flatMap((shared) => {
    const first = plans[shared[0]?.keeper ?? -1];
    const second = plans[shared[0]?.loser ?? -1];
    if (first === undefined || second === undefined) return [];
    const key = 'acr-registry-info';
    const hosts = listHosts(shared.map(({ host }) => host));
    const message = `${key}: ${nameEntry(first)} and ${nameEntry(second)} both have ${hosts}: the first keeps what both have, the password of the second is not used for it.`;
    return [{ reason: 'ConfigWarning', key, message, position: second.entry.position }];
  });
}

function nameEntry({ entry, instanceId, regionId }: EntryPlan): string {
  return `entry ${entry.position} (${describeRegistry(instanceId, regionId)})`;
}
