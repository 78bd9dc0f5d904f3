import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { CrPort } from '../../credentials/types.ts';
import type { KubeSecret } from '../../kube/types.ts';
import { WakeUp } from '../../kube/wake-up.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import type { Finding, HelperConfig } from '../config/model.ts';
import type { ConfigSource } from '../config/source.ts';
import type { Reporter } from '../report.ts';
import type { EntryStatus } from '../status/model.ts';
import type { CredentialBook, SecretContent } from './credential-book.ts';
import { credentialKey } from './credential-key.ts';
import { EntryMetrics } from './entry-metrics.ts';
import { conflictFinding, credentialExpired, thresholdFinding } from './entry-reports.ts';
import { refusedStatus, servedStatus } from './entry-status.ts';
import { fetchCredential, type Fetched, type FetchPorts } from './fetch-credential.ts';
import { hostsOf, mustLearnHosts, type HostConflict } from './hosts.ts';
import type { EntryPlan, PlannedEntry } from './model.ts';
import { readRecoverable } from './recover.ts';
import { buildSecretContent } from './secret-content.ts';
import { usableUntilMs } from './schedule.ts';
import { settle } from './settle.ts';
import { SharedCredential, type Timing } from './shared-credential.ts';

/** The loop never sleeps longer, so that a clock that was set, or a machine that slept, is noticed. */
const LONGEST_SLEEP_MS = 5_000;
/** Below this a loop that misjudges what is due next would burn a processor. */
const SHORTEST_SLEEP_MS = 100;
/** How long news waits for what is still being fetched, so that what arrives together is one change. */
const PATIENCE_MS = 15_000;

/** What passwords are kept with. */
export interface EntryKeeperOptions {
  config: ConfigSource;
  /** Decides how each entry is served, without a call. */
  plan: (config: HelperConfig) => readonly PlannedEntry[];
  /** Runs the chain of a plan, from its identity on. */
  chainsFor: FetchPorts['chainsFor'];
  cr: Pick<CrPort, 'instanceDomains'>;
  reporter: Reporter;
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
  metrics: Metrics;
  logger: Logger;
  /** Region of the cluster, for what is said of entries that name none. */
  clusterRegionId: string;
}

/**
 * Keeps a live password for every entry: obtains it, renews it ahead of its end, and gives it up when it cannot be renewed. Entries
 * with one chain and one registry share one. Only the leader runs it; before that it answers from what was recovered.
 */
export class EntryKeeper implements CredentialBook {
  readonly #options: EntryKeeperOptions;
  readonly #metrics: EntryMetrics;
  /** One for all entries, so that those that were obtained together are renewed together. */
  readonly #jitter: number;
  readonly #digestKey = randomBytes(32);
  readonly #listeners: (() => void)[] = [];
  readonly #wakeUp = new WakeUp();
  readonly #running = new Set<Promise<void>>();
  #config: HelperConfig | undefined;
  #planned: readonly PlannedEntry[] = [];
  #plannedAtMs = 0;
  #credentials: ReadonlyMap<string, SharedCredential> = new Map();
  #content: SecretContent | undefined;
  /** Of the content that the listeners were last told of. */
  #shownDigest: string | undefined;
  #conflicts: readonly HostConflict[] = [];
  /** Findings that were told since the configuration had them. */
  #toldFindings: Set<string> = new Set();
  /** When something happened that the content does not show yet. */
  #changedAtMs: number | undefined;
  /** When the content has to be looked at again because a password in it ends. */
  #contentEndsAtMs = Infinity;

  constructor(options: EntryKeeperOptions) {
    this.#options = options;
    this.#jitter = options.random();
    this.#metrics = new EntryMetrics(options.metrics);
    options.config.onChange(() => this.#reconfigure());
    this.#reconfigure();
  }

  current(): SecretContent | undefined {
    return this.#config === undefined ? undefined : this.#content;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  recover(secret: KubeSecret): boolean {
    const nowMs = this.#options.clock.nowMs();
    const timing = this.#timing();
    if (timing === undefined) return false;
    const found = readRecoverable(secret, nowMs);
    let recovered = 0;
    for (const credential of this.#credentials.values()) {
      for (const plan of credential.plans) {
        const candidate = found.get(plan.fingerprint);
        if (candidate !== undefined && credential.takeOver(plan, candidate, nowMs)) recovered += 1;
      }
    }
    if (recovered > 0) this.#changed();
    this.#publish();
    return [...this.#credentials.values()].every((credential) => credential.need(nowMs, timing) !== 'must');
  }

  /** Looks after the passwords until `signal` fires; then waits for calls that are under way. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      this.#turn();
      await this.#wakeUp.sleep(clock, this.#sleepMs(), signal);
    }
    await Promise.allSettled(this.#running);
  }

  /** @returns how every entry of the configuration is doing, in the order of the configuration. */
  statuses(): EntryStatus[] {
    const timing = this.#timing();
    if (timing === undefined) return [];
    const { clock, clusterRegionId } = this.#options;
    const nowMs = clock.nowMs();
    return this.#planned.flatMap((planned) => {
      if (planned.kind === 'refused') return [refusedStatus(planned, { clusterRegionId, sinceMs: this.#plannedAtMs })];
      const credential = this.#credentials.get(credentialKey(planned.plan));
      return credential === undefined ? [] : [servedStatus(planned.plan, credential, { nowMs, timing })];
    });
  }

  /** @returns what there is to say about the configuration that only shows when it is put to use. */
  findings(): readonly Finding[] {
    const config = this.#config;
    if (config === undefined) return [];
    const refused = this.#planned.flatMap((planned) => (planned.kind === 'refused' ? [planned.finding] : []));
    const plans = this.#plans();
    const conflicts = this.#conflicts.flatMap((conflict) => conflictFinding(conflict, plans) ?? []);
    const thresholds = [...this.#credentials.values()].flatMap(
      (credential) => thresholdFinding(credential, config.expiringThresholdMs) ?? [],
    );
    return [...refused, ...conflicts, ...thresholds];
  }

  #timing(): Timing | undefined {
    return this.#config && { configuredMs: this.#config.expiringThresholdMs, jitter: this.#jitter };
  }

  #plans(): EntryPlan[] {
    return this.#planned.flatMap((planned) => (planned.kind === 'served' ? [planned.plan] : []));
  }

  #reconfigure(): void {
    const state = this.#options.config.current();
    if (state.kind === 'incomplete') {
      // What is known is kept: the configuration may come back as it was.
      this.#config = undefined;
      this.#show();
      return;
    }
    const before = this.#credentials;
    this.#config = state.config;
    this.#planned = this.#options.plan(state.config);
    this.#plannedAtMs = this.#options.clock.nowMs();
    const plansByKey = new Map<string, [EntryPlan, ...EntryPlan[]]>();
    for (const plan of this.#plans()) {
      const key = credentialKey(plan);
      const plans = plansByKey.get(key);
      if (plans === undefined) plansByKey.set(key, [plan]);
      else plans.push(plan);
    }
    const credentials = new Map<string, SharedCredential>();
    for (const [key, plans] of plansByKey) {
      const credential = before.get(key) ?? new SharedCredential(plans);
      credential.plans = plans;
      credential.retrySoon();
      credentials.set(key, credential);
    }
    this.#credentials = credentials;
    this.#changed();
    this.#publish();
    this.#show();
    const present = new Set(this.findings().map(({ message }) => message));
    this.#toldFindings = this.#toldFindings.intersection(present);
    this.#tellFindings();
    this.#wakeUp.wake();
  }

  /** Starts what is due, gives up what is dead, and publishes what is new. */
  #turn(): void {
    const timing = this.#timing();
    if (timing === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const needs = [...this.#credentials.values()].map(
      (credential) => [credential, credential.need(nowMs, timing)] as const,
    );
    if (needs.some(([, need]) => need === 'must')) {
      for (const [credential, need] of needs) if (need !== 'nothing') this.#start(credential, timing);
    }
    for (const [credential] of needs) this.#tellExpired(credential, nowMs);
    if (nowMs >= this.#contentEndsAtMs) this.#changed();
    this.#publish();
    this.#metrics.show(this.statuses(), nowMs);
  }

  #start(credential: SharedCredential, timing: Timing): void {
    const { chainsFor, cr, clock } = this.#options;
    const nowMs = clock.nowMs();
    const { plan, held } = credential;
    const renews = credential.passwordNeed(nowMs, timing) !== 'nothing';
    const learns = credential.plans.some(mustLearnHosts);
    credential.fetching = true;
    const request = {
      plan,
      configuredMs: timing.configuredMs,
      ...(renews ? { password: { held } } : {}),
      hosts: learns && (renews || credential.lacksHosts),
    };
    const work = fetchCredential(request, { chainsFor, cr, clock }).then((fetched) => {
      this.#running.delete(work);
      this.#settle(credential, fetched, timing);
    });
    this.#running.add(work);
  }

  #settle(credential: SharedCredential, fetched: Fetched, timing: Timing): void {
    const { clock, reporter } = this.#options;
    const nowMs = clock.nowMs();
    const { report, result } = settle(credential, fetched, { nowMs, timing });
    this.#metrics.fetched(result);
    // Otherwise the entry was taken out of the configuration meanwhile, and nobody wants to hear of it.
    if ([...this.#credentials.values()].includes(credential)) {
      if (report !== undefined) reporter.aboutConfig(report);
      this.#changed();
      this.#publish();
      this.#tellFindings();
    }
    this.#wakeUp.wake();
  }

  #tellExpired(credential: SharedCredential, nowMs: number): void {
    const { held, trouble, fetching, expired } = credential;
    if (held === undefined || trouble === undefined || fetching || expired || credential.isLive(nowMs)) return;
    credential.expired = true;
    this.#options.reporter.aboutConfig(credentialExpired(credential, held.expiresAtMs));
  }

  #changed(): void {
    this.#changedAtMs ??= this.#options.clock.nowMs();
  }

  /**
   * Makes what happened visible, once nothing more is under way that could bring more. What was never published waits for every
   * entry: a Secret of an earlier run may hold what was not fetched yet.
   */
  #publish(): void {
    const config = this.#config;
    if (this.#changedAtMs === undefined || config === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const credentials = [...this.#credentials.values()];
    const isUntried = credentials.some(({ tried }) => !tried);
    if (isUntried && this.#content === undefined) return;
    const isBusy = isUntried || credentials.some(({ fetching }) => fetching);
    if (isBusy && nowMs < this.#changedAtMs + PATIENCE_MS) return;
    this.#changedAtMs = undefined;
    const entries = this.#plans().map((plan) => {
      const credential = this.#credentials.get(credentialKey(plan));
      return {
        plan,
        hosts: hostsOf(plan, credential?.learnedHosts) ?? [],
        credential: credential?.credentialOf(plan, nowMs),
      };
    });
    const { content, conflicts } = buildSecretContent(entries, {
      email: config.notifyEmail,
      digestKey: this.#digestKey,
    });
    const ends = credentials.flatMap(({ held }) =>
      held !== undefined && usableUntilMs(held) > nowMs ? [usableUntilMs(held)] : [],
    );
    this.#contentEndsAtMs = Math.min(Infinity, ...ends);
    this.#conflicts = conflicts;
    if (content.digest !== this.#content?.digest) this.#content = content;
    this.#show();
  }

  #show(): void {
    const digest = this.current()?.digest;
    if (digest === this.#shownDigest) return;
    this.#shownDigest = digest;
    for (const listener of this.#listeners) listener();
  }

  #tellFindings(): void {
    const { reporter } = this.#options;
    for (const { reason, message, key } of this.findings()) {
      if (this.#toldFindings.has(message)) continue;
      this.#toldFindings.add(message);
      reporter.aboutConfig({ reason, message: `${key}: ${message}` });
    }
  }

  #sleepMs(): number {
    const timing = this.#timing();
    if (timing === undefined) return LONGEST_SLEEP_MS;
    const nowMs = this.#options.clock.nowMs();
    const moments = [...this.#credentials.values()].map((credential) => credential.nextMomentMs(nowMs, timing));
    return Math.max(SHORTEST_SLEEP_MS, Math.min(LONGEST_SLEEP_MS, ...moments.map((momentMs) => momentMs - nowMs)));
  }
}
