import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { SecretContent } from './credential-book.ts';
import type { CredentialSet } from './credential-set.ts';
import { hostsOf, type HostConflict } from './hosts.ts';
import { usableUntilMs } from './schedule.ts';
import { buildSecretContent } from './secret-content.ts';

/** How long news waits for what is still being fetched, so that what arrives together is one change. */
const PATIENCE_MS = 15_000;

/** What Secrets should hold, as it was last made known. It changes as seldom as it can: every change is a write in every namespace. */
export class PublishedContent {
  readonly #clock: Clock;
  readonly #digestKey = randomBytes(32);
  readonly #listeners: (() => void)[] = [];
  #content: SecretContent | undefined;
  #isHidden = true;
  /** Of what the listeners last saw. */
  #shownDigest: string | undefined;
  /** Since when something has happened that the content does not show yet. */
  #changedAtMs: number | undefined;
  /** When a password in the content ends. */
  #endsAtMs = Infinity;
  /** Hosts that entries of the content have lost to others. */
  conflicts: readonly HostConflict[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  current(): SecretContent | undefined {
    return this.#isHidden ? undefined : this.#content;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Shows nothing until the next {@link PublishedContent.update}, and keeps what there is. */
  hide(): void {
    this.#isHidden = true;
    this.#tellChange();
  }

  /** Shows nothing until there is a first content again. */
  forget(): void {
    this.#content = undefined;
    this.#endsAtMs = Infinity;
    this.conflicts = [];
    this.hide();
  }

  /** Says that something has happened, which is shown at the next chance. */
  changed(): void {
    this.#changedAtMs ??= this.#clock.nowMs();
  }

  /**
   * Shows what has happened, once nothing is under way that could bring more. The first content waits for every entry: a Secret of
   * an earlier run may hold what was not fetched yet.
   */
  update(credentials: CredentialSet, email: string): void {
    const nowMs = this.#clock.nowMs();
    this.#isHidden = false;
    if (nowMs >= this.#endsAtMs) this.changed();
    if (this.#changedAtMs !== undefined && !this.#waits(credentials, nowMs, this.#changedAtMs)) {
      this.#changedAtMs = undefined;
      this.#build(credentials, { email, nowMs });
    }
    this.#tellChange();
  }

  #waits(credentials: CredentialSet, nowMs: number, sinceMs: number): boolean {
    const all = credentials.all();
    const isUntried = all.some(({ tried }) => !tried);
    if (isUntried && this.#content === undefined) return true;
    const isBusy = isUntried || all.some(({ fetching }) => fetching);
    return isBusy && nowMs < sinceMs + PATIENCE_MS;
  }

  #build(credentials: CredentialSet, { email, nowMs }: { email: string; nowMs: number }): void {
    const entries = credentials.plans().map((plan) => {
      const credential = credentials.of(plan);
      return {
        plan,
        hosts: hostsOf(plan, credential?.learnedHosts) ?? [],
        credential: credential?.credentialOf(plan, nowMs),
      };
    });
    const { content, conflicts } = buildSecretContent(entries, { email, digestKey: this.#digestKey });
    const ends = entries.flatMap(({ credential }) => (credential === undefined ? [] : [usableUntilMs(credential)]));
    this.#endsAtMs = Math.min(Infinity, ...ends);
    this.conflicts = conflicts;
    this.#content = content;
  }

  #tellChange(): void {
    const digest = this.current()?.digest;
    if (digest === this.#shownDigest) return;
    this.#shownDigest = digest;
    for (const listener of this.#listeners) listener();
  }
}
