import type { Secret } from '../../secret.ts';
import type { EntryFailure } from './failure.ts';
import { hostsOf, mustLearnHosts } from './hosts.ts';
import type { EntryCredential, EntryPlan } from './model.ts';
import { isBeforeItself, pauseMs, renewalWindow, usableUntilMs, type Life, type RenewalWindow } from './schedule.ts';

/** A password as it came from the registry service. */
export interface HeldPassword extends Life {
  userName: string;
  password: Secret;
}

/** Why the last try failed, and when the next one is. Times are epoch milliseconds. */
export interface Trouble {
  /** In a row. */
  failures: number;
  sinceMs: number;
  triedAtMs: number;
  notBeforeMs: number;
  failure: EntryFailure;
  /** The password came, the host names did not. */
  hostsOnly: boolean;
  /** Whether the user was told. A base session that is not renewed yet is no trouble to tell of. */
  told: boolean;
}

/** A password that an earlier run has left, and the hosts that it was written for. */
export interface FoundCredential {
  hosts: readonly string[];
  password: HeldPassword;
}

/** How renewal is timed. */
export interface Timing {
  /** `expiring-threshold`, milliseconds. */
  configuredMs: number;
  /** In [0, 1), the same for all credentials of a process. */
  jitter: number;
}

/** What has to be done about a credential now. `may`: only together with others. */
export type Need = 'must' | 'may' | 'nothing';

/**
 * The credential that all entries with one chain and one registry share, and how it is doing. It decides when something is due;
 * it asks nothing.
 */
export class SharedCredential {
  /** The entries that it serves; never empty. All of them say the same about the chain. */
  plans: readonly [EntryPlan, ...EntryPlan[]];
  held: HeldPassword | undefined;
  /** Names of the instance as the service lists them. */
  learnedHosts: readonly string[] | undefined;
  /** The last try to list the names failed while the earlier ones serve. */
  hostsFailure: { failure: EntryFailure; sinceMs: number } | undefined;
  trouble: Trouble | undefined;
  /** A try has ended, or an earlier run has left a password. */
  tried = false;
  /** The user knows that it works. */
  announced = false;
  /** The user was told that its password ran out. */
  expired = false;
  fetching = false;

  constructor(plans: readonly [EntryPlan, ...EntryPlan[]]) {
    this.plans = plans;
  }

  /** The plan that stands for all of them where only the chain matters. */
  get plan(): EntryPlan {
    return this.plans[0];
  }

  isLive(nowMs: number): boolean {
    return this.held !== undefined && nowMs < usableUntilMs(this.held);
  }

  /** Names have to be asked for and were never learned. */
  get lacksHosts(): boolean {
    return this.learnedHosts === undefined && this.plans.some(mustLearnHosts);
  }

  window(timing: Timing): RenewalWindow | undefined {
    return this.held === undefined ? undefined : renewalWindow(this.held, timing);
  }

  /** What one of its entries is served with; undefined while that is nothing. */
  credentialOf(plan: EntryPlan, nowMs: number): EntryCredential | undefined {
    const hosts = hostsOf(plan, this.learnedHosts);
    return this.held === undefined || hosts === undefined || !this.isLive(nowMs) ? undefined : { hosts, ...this.held };
  }

  /** Asks whether the password itself should be replaced, pauses aside. */
  passwordNeed(nowMs: number, timing: Timing): Need {
    const window = this.window(timing);
    if (this.held === undefined || window === undefined || !this.isLive(nowMs)) return 'must';
    if (nowMs >= window.dueAtMs || isBeforeItself(this.held.obtainedAtMs, nowMs)) return 'must';
    return nowMs >= window.opensAtMs ? 'may' : 'nothing';
  }

  need(nowMs: number, timing: Timing): Need {
    if (this.fetching || nowMs < this.#pauseEndsAtMs(nowMs)) return 'nothing';
    const need = this.passwordNeed(nowMs, timing);
    return this.lacksHosts ? 'must' : need;
  }

  /** When {@link need} may change by itself, epoch milliseconds. */
  nextMomentMs(nowMs: number, timing: Timing): number {
    if (this.fetching) return Infinity;
    const window = this.window(timing);
    const dueAtMs = this.lacksHosts || window === undefined ? nowMs : window.dueAtMs;
    const tryAtMs = Math.max(dueAtMs, this.#pauseEndsAtMs(nowMs));
    return this.held === undefined || !this.isLive(nowMs) ? tryAtMs : Math.min(tryAtMs, usableUntilMs(this.held));
  }

  /**
   * Takes over what an earlier run has left for one of its entries, where that lives longer than what there is.
   * @returns whether it did.
   */
  takeOver(plan: EntryPlan, found: FoundCredential, nowMs: number): boolean {
    const learns = mustLearnHosts(plan);
    const expected = new Set(learns ? found.hosts : hostsOf(plan));
    const fits =
      found.hosts.length > 0 && found.hosts.length === expected.size && found.hosts.every((host) => expected.has(host));
    const livesLonger = found.password.expiresAtMs > (this.held?.expiresAtMs ?? 0);
    if (!fits || nowMs >= usableUntilMs(found.password) || !livesLonger) return false;
    this.held = found.password;
    if (learns) this.learnedHosts ??= found.hosts;
    this.tried = true;
    this.announced = true;
    return true;
  }

  /** Writes down a failure, and when it is tried again. */
  fail(failure: EntryFailure, at: { nowMs: number; jitter: number; hostsOnly: boolean; told: boolean }): void {
    const { nowMs, jitter, hostsOnly } = at;
    const failures = (this.trouble?.failures ?? 0) + 1;
    const leftMs = this.held === undefined ? undefined : usableUntilMs(this.held) - nowMs;
    const pause = pauseMs({
      failures,
      jitter,
      retryAfterMs: failure.retryAfterMs,
      ...(leftMs === undefined || hostsOnly ? {} : { leftMs }),
    });
    this.trouble = {
      failures,
      sinceMs: this.trouble?.sinceMs ?? nowMs,
      triedAtMs: nowMs,
      notBeforeMs: nowMs + pause,
      failure,
      hostsOnly,
      told: at.told || this.trouble?.told === true,
    };
  }

  /** The configuration was changed, perhaps to mend this: the long pauses of a failure are over. */
  retrySoon(): void {
    if (this.trouble === undefined) return;
    const { triedAtMs, notBeforeMs } = this.trouble;
    this.trouble.notBeforeMs = Math.min(notBeforeMs, triedAtMs + pauseMs({ failures: 1, jitter: 0 }));
  }

  /** A pause that was begun in the future is one of a clock that has been set back since. */
  #pauseEndsAtMs(nowMs: number): number {
    if (this.trouble === undefined || isBeforeItself(this.trouble.triedAtMs, nowMs)) return nowMs;
    return this.trouble.notBeforeMs;
  }
}
