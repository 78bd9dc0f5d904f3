import type { Clock } from '../../clock.ts';
import type { CrPort } from '../../credentials/types.ts';
import type { KubeSecret } from '../../kube/types.ts';
import { WakeUp } from '../../kube/wake-up.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import type { Finding, HelperConfig } from '../config/model.ts';
import type { ConfigSource } from '../config/source.ts';
import type { Reporter } from '../report.ts';
import type { EntryStatus } from '../status/model.ts';
import { ContentSealer, type SealStore } from './content-seal.ts';
import type { CredentialBook, SecretContent } from './credential-book.ts';
import { CredentialSet } from './credential-set.ts';
import { findingsOf, FindingTeller } from './entry-findings.ts';
import { EntryMetrics } from './entry-metrics.ts';
import { credentialExpired } from './entry-reports.ts';
import { refusedStatus, servedStatus } from './entry-status.ts';
import { fetchCredential, type Fetched, type FetchPorts } from './fetch-credential.ts';
import { mustLearnHosts } from './hosts.ts';
import type { PlannedEntry } from './model.ts';
import { PublishedContent } from './published-content.ts';
import { readRecoverable } from './recover.ts';
import { settle } from './settle.ts';
import type { SharedCredential, Timing } from './shared-credential.ts';

/** The loop never sleeps longer, so that a clock that was set, or a machine that slept, is noticed. */
const LONGEST_SLEEP_MS = 5_000;
/** Below this a loop that misjudges what is due next would burn a processor. */
const SHORTEST_SLEEP_MS = 100;

/** What passwords are kept with. */
export interface EntryKeeperOptions {
  config: Pick<ConfigSource, 'current' | 'onChange'>;
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
  /** Tells what an earlier run has written from what others have. */
  seals: SealStore;
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
  readonly #teller: FindingTeller;
  readonly #sealer: ContentSealer;
  /** One for all entries, so that those that were obtained together are renewed together. */
  readonly #jitter: number;
  readonly #wakeUp = new WakeUp();
  /** Calls that are under way. */
  readonly #work = new Set<Promise<void>>();
  readonly #credentials = new CredentialSet();
  readonly #published: PublishedContent;
  /** Absent while the configuration is incomplete. */
  #config: HelperConfig | undefined;
  #plannedAtMs = 0;
  #isRunning = false;

  constructor(options: EntryKeeperOptions) {
    this.#options = options;
    this.#jitter = options.random();
    this.#metrics = new EntryMetrics(options.metrics);
    this.#teller = new FindingTeller(options.reporter);
    this.#published = new PublishedContent(options.clock);
    const { seals: store, clock, logger } = options;
    this.#sealer = new ContentSealer({ store, clock, logger });
    options.config.onChange(() => this.#reconfigure());
    this.#reconfigure();
  }

  current(): SecretContent | undefined {
    return this.#published.current();
  }

  onChange(listener: () => void): void {
    this.#published.onChange(listener);
  }

  /**
   * Gets ready for {@link EntryKeeper.recover}: reads the seals, without which nothing is recovered, and plans anew, because the plan may
   * depend on more than the configuration, such as who the base identity is. Never throws.
   */
  async prepare(): Promise<void> {
    await this.#sealer.load();
    this.#reconfigure();
  }

  recover(secret: KubeSecret): boolean {
    const nowMs = this.#options.clock.nowMs();
    const timing = this.#timing();
    if (timing === undefined || !this.#sealer.isSealed(secret)) return false;
    const found = readRecoverable(secret, nowMs);
    for (const plan of this.#credentials.plans()) {
      const candidate = found.get(plan.fingerprint);
      const isTaken = candidate !== undefined && this.#credentials.of(plan)?.takeOver(plan, candidate, nowMs) === true;
      if (isTaken) this.#published.changed();
    }
    this.#publish();
    return this.#credentials.all().every((credential) => credential.need(nowMs, timing) !== 'must');
  }

  /**
   * Looks after the passwords until `signal` fires; then waits for calls that are under way, and forgets everything: while another
   * replica leads, it renews what this one holds. It may be run again.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    this.#isRunning = true;
    this.#tellFindings();
    while (!signal.aborted) {
      this.#turn();
      await this.#wakeUp.sleep(clock, this.#sleepMs(), signal);
    }
    await Promise.allSettled(this.#work);
    this.#isRunning = false;
    this.#credentials.replan([]);
    this.#published.forget();
    this.#metrics.show([], clock.nowMs());
    this.#reconfigure();
  }

  /** @returns how every entry of the configuration is doing, in the order of the configuration. */
  statuses(): EntryStatus[] {
    const timing = this.#timing();
    if (timing === undefined) return [];
    const { clock, clusterRegionId } = this.#options;
    const nowMs = clock.nowMs();
    return this.#credentials.planned.flatMap((planned) => {
      if (planned.kind === 'refused') return [refusedStatus(planned, { clusterRegionId, sinceMs: this.#plannedAtMs })];
      const credential = this.#credentials.of(planned.plan);
      return credential === undefined ? [] : [servedStatus(planned.plan, credential, { nowMs, timing })];
    });
  }

  /** @returns what there is to say about the configuration that shows only when it is put to use. */
  findings(): readonly Finding[] {
    const timing = this.#timing();
    const { conflicts } = this.#published;
    return timing === undefined ? [] : findingsOf(this.#credentials, { conflicts, configuredMs: timing.configuredMs });
  }

  #timing(): Timing | undefined {
    return this.#config && { configuredMs: this.#config.expiringThresholdMs, jitter: this.#jitter };
  }

  #reconfigure(): void {
    const { config, plan, clock } = this.#options;
    const state = config.current();
    if (state.kind === 'incomplete') {
      // What is known is kept: the configuration may come back as it was.
      this.#config = undefined;
      this.#published.hide();
      return;
    }
    this.#config = state.config;
    this.#plannedAtMs = clock.nowMs();
    this.#credentials.replan(plan(state.config));
    this.#published.changed();
    this.#publish();
    this.#teller.forgetOthers(this.findings());
    this.#tellFindings();
    this.#wakeUp.wake();
  }

  /** Starts what is due, gives up what is dead, and shows what is new. */
  #turn(): void {
    const timing = this.#timing();
    if (timing === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const needs = this.#credentials.all().map((credential) => [credential, credential.need(nowMs, timing)] as const);
    if (needs.some(([, need]) => need === 'must')) {
      for (const [credential, need] of needs) if (need !== 'nothing') this.#start(credential, timing);
    }
    for (const [credential] of needs) this.#tellExpired(credential, nowMs);
    this.#publish();
    this.#seal();
    this.#metrics.show(this.statuses(), nowMs);
  }

  #start(credential: SharedCredential, timing: Timing): void {
    const { chainsFor, cr, clock } = this.#options;
    const { plan, plans, held } = credential;
    const renews = credential.passwordNeed(clock.nowMs(), timing) !== 'nothing';
    const request = {
      plan,
      configuredMs: timing.configuredMs,
      ...(renews ? { password: { held } } : {}),
      hosts: plans.some(mustLearnHosts) && (renews || credential.lacksHosts),
    };
    credential.fetching = true;
    const fetch = fetchCredential(request, { chainsFor, cr, clock }).then((fetched) => {
      this.#work.delete(fetch);
      this.#settle(credential, fetched, timing);
    });
    this.#work.add(fetch);
  }

  #settle(credential: SharedCredential, fetched: Fetched, timing: Timing): void {
    const { clock, reporter } = this.#options;
    const { report, result } = settle(credential, fetched, { nowMs: clock.nowMs(), timing: this.#timing() ?? timing });
    this.#metrics.fetched(result);
    // Otherwise the entry was taken out of the configuration meanwhile, and nobody wants to hear of it.
    if (this.#credentials.has(credential)) {
      if (report !== undefined) reporter.aboutConfig(report);
      this.#published.changed();
      this.#publish();
      this.#tellFindings();
    }
    this.#wakeUp.wake();
  }

  #publish(): void {
    if (this.#config !== undefined) this.#published.update(this.#credentials, this.#config.notifyEmail);
  }

  #seal(): void {
    const content = this.#published.current();
    if (content === undefined) return;
    const work = this.#sealer.seal(content).then(() => void this.#work.delete(work));
    this.#work.add(work);
  }

  #tellExpired(credential: SharedCredential, nowMs: number): void {
    const { held, trouble, fetching, expired } = credential;
    if (held === undefined || trouble === undefined || fetching || expired || credential.isLive(nowMs)) return;
    credential.expired = true;
    this.#options.reporter.aboutConfig(credentialExpired(credential, held.expiresAtMs));
  }

  /** Only the leader tells, or every replica would tell the same. */
  #tellFindings(): void {
    if (this.#isRunning) this.#teller.tell(this.findings());
  }

  #sleepMs(): number {
    const timing = this.#timing();
    if (timing === undefined) return LONGEST_SLEEP_MS;
    const nowMs = this.#options.clock.nowMs();
    const moments = this.#credentials.all().map((credential) => credential.nextMomentMs(nowMs, timing));
    return Math.max(SHORTEST_SLEEP_MS, Math.min(LONGEST_SLEEP_MS, ...moments.map((momentMs) => momentMs - nowMs)));
  }
}
