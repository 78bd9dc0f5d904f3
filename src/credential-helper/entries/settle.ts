import { EciKubeletError } from '../../errors.ts';
import type { Report } from '../report.ts';
import { credentialsRefreshed, fetchFailed, hostsNotRefreshed } from './entry-reports.ts';
import { toEntryFailure } from './failure.ts';
import type { Fetched } from './fetch-credential.ts';
import { isBeforeItself, outlives, usableUntilMs } from './schedule.ts';
import type { HeldPassword, SharedCredential, Timing } from './shared-credential.ts';

/** That a base session is not renewed yet is told of only when its password has so little left, milliseconds. */
const TELL_UNRENEWED_MS = 300_000;

/** What came of a fetch, for the user and for the count of fetches. */
export interface Settled {
  report?: Report | undefined;
  /** `ok`, or the class of the failure. */
  result: string;
}

/**
 * Writes down what a fetch brought. A failure takes nothing away that still lives, neither a password nor names.
 * @param at.nowMs epoch milliseconds.
 */
export function settle(
  credential: SharedCredential,
  fetched: Fetched,
  { nowMs, timing }: { nowMs: number; timing: Timing },
): Settled {
  const { password, hosts } = fetched;
  const useless = password === undefined ? undefined : whyUseless(password, credential.held, nowMs);
  credential.fetching = false;
  credential.tried = true;
  if (password !== undefined && useless === undefined) {
    credential.held = password;
    credential.expired = false;
  }
  if (hosts !== undefined) {
    credential.learnedHosts = hosts;
    credential.hostsFailure = undefined;
  }
  const failed = useless === undefined ? fetched.failed : ({ at: 'password', error: useless } as const);
  if (failed === undefined) {
    const isNews = !credential.announced || credential.trouble?.told === true;
    credential.trouble = undefined;
    credential.announced = true;
    return { result: 'ok', report: isNews ? credentialsRefreshed(credential, timing) : undefined };
  }
  const failure = toEntryFailure(credential.plan, failed.error);
  if (failed.at === 'host names' && !credential.lacksHosts) {
    // The names of before serve on until the next renewal.
    credential.trouble = undefined;
    credential.hostsFailure = { failure, sinceMs: credential.hostsFailure?.sinceMs ?? nowMs };
    return { result: failure.class, report: hostsNotRefreshed(credential.plans, failure) };
  }
  const leftMs = credential.held === undefined ? 0 : usableUntilMs(credential.held) - nowMs;
  const told = useless === undefined || leftMs < TELL_UNRENEWED_MS;
  credential.fail(failure, { nowMs, jitter: timing.jitter, hostsOnly: failed.at === 'host names', told });
  return { result: failure.class, report: told ? fetchFailed(credential, failure, nowMs) : undefined };
}

function whyUseless(
  password: HeldPassword,
  held: HeldPassword | undefined,
  nowMs: number,
): EciKubeletError | undefined {
  if (usableUntilMs(password) <= nowMs) {
    return new EciKubeletError(
      'PasswordEndsTooSoon',
      'the new password has ended, or ends within a minute, by the clock of this machine; check the clock',
    );
  }
  const isComparable = held !== undefined && usableUntilMs(held) > nowMs && !isBeforeItself(held.obtainedAtMs, nowMs);
  if (!isComparable || outlives(password, held)) return undefined;
  return new EciKubeletError(
    'PasswordNotRenewed',
    'the new password ends when the old one does, because the session that it comes from was not renewed',
  );
}
