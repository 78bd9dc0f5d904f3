/**
 * Gives every watched namespace its Secret and every selected ServiceAccount the entry for it, and takes both away where they are no
 * longer wanted. One namespace is worked on by one worker at a time; a turn with nothing to do makes no call.
 */
import type { Clock } from '../../clock.ts';
import type { Reflector, ReflectorEvent } from '../../kube/reflector.ts';
import type { EventTarget, KubeClient, ServiceAccount } from '../../kube/types.ts';
import { createWorkQueue, type Requeue, type WorkQueue } from '../../kube/work-queue.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { selects, type HelperConfig } from '../config/model.ts';
import type { ConfigSource } from '../config/source.ts';
import type { CredentialBook } from '../entries/credential-book.ts';
import type { Reporter } from '../report.ts';
import type { NamespacesStatus } from '../status/model.ts';
import { AccountIndex } from './account-index.ts';
import { isOfEndingNamespace } from './account-writer.ts';
import { isAttached } from './attachment.ts';
import type { ConflictBook } from './conflict-book.ts';
import { FirstPass } from './first-pass.ts';
import { isEnding, type Namespace } from './namespace.ts';
import { NamespaceWorker, type Turn } from './namespace-worker.ts';
import { countNamespaces, NO_NAMESPACES } from './namespace-counts.ts';
import { measure } from './namespace-metrics.ts';
import { recoverCredentials } from './recover-credentials.ts';
import { secretConflict, secretTarget } from './reports.ts';
import { ResyncTimes } from './resync-times.ts';
import { SecretKeeper } from './secret-keeper.ts';

/** What the controller works with. */
export interface NamespaceControllerOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'>;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  metrics: Metrics;
  source: Pick<ConfigSource, 'current'>;
  book: Pick<CredentialBook, 'current' | 'recover'>;
  /** Its events go to {@link NamespaceController.onNamespace}. */
  namespaces: Pick<Reflector<Namespace>, 'get' | 'list' | 'waitForSync'>;
  /** Its events go to {@link NamespaceController.onAccount}. */
  accounts: Pick<Reflector<ServiceAccount>, 'waitForSync'>;
  conflicts: ConflictBook;
  reporter: Reporter;
  adoptExisting: boolean;
}

/** Urgency in the queue. What somebody waits for comes before what only keeps things as they are. */
const priorities = { event: 0, change: 1, resync: 2, sweep: 3 } as const;
const WORKERS = 10;
/** Of so many turns, one is for the namespace that waits longest: those where things happen all the time must not keep it from renewal. */
const OLDEST_EVERY = 4;
/** From what is usual for a call to what people should wait at most for a server that is back. */
const BACKOFF = { baseMs: 1_000, capMs: 30_000 };
const TICK_MS = 10_000;
/** Between two looks into namespaces that are not watched: nobody waits for what an earlier run may have left there. */
const SWEEP_PAUSE_MS = 200;

/** The one writer of Secrets and of our entry in ServiceAccounts. Only the leader runs it; the caches are fed in every replica. */
export class NamespaceController {
  readonly #options: NamespaceControllerOptions;
  #queue: WorkQueue;
  readonly #accounts: AccountIndex;
  readonly #secrets: SecretKeeper;
  readonly #worker: NamespaceWorker;
  readonly #resync: ResyncTimes;
  #firstPass = new FirstPass();
  #hasPassed = false;
  /** Watched namespaces whose Secret was as it should be at the end of their last turn. */
  readonly #served = new Set<string>();
  /** The configuration that {@link NamespaceController.changed} saw last. */
  #seenConfig: HelperConfig | undefined;
  #running = false;

  constructor(options: NamespaceControllerOptions) {
    this.#options = options;
    const { client, clock, random } = options;
    this.#accounts = new AccountIndex(() => clock.nowMs());
    this.#secrets = new SecretKeeper(client);
    this.#resync = new ResyncTimes(random);
    this.#worker = new NamespaceWorker({
      ...options,
      secrets: this.#secrets,
      accounts: this.#accounts,
      wanted: () => this.#wanted(),
      namespaceTarget: (name) => this.#targetOf(name),
    });
    this.#queue = this.#newQueue();
  }

  /** Takes an event of the watch of namespaces. */
  onNamespace({ type, object }: ReflectorEvent<Namespace>): void {
    const name = object.metadata?.name ?? '';
    // Another one of the name may follow at once, and has no Secret.
    if (type === 'deleted') this.#secrets.forget(name);
    this.#onEvent(name);
  }

  /** Takes an event of the watch of ServiceAccounts. */
  onAccount(event: ReflectorEvent<ServiceAccount>): void {
    const namespace = this.#accounts.take(event);
    if (event.type === 'deleted') this.#worker.forgetAccount(event.object.metadata?.uid ?? '');
    this.#onEvent(namespace);
  }

  /** Has every namespace that was watched when there first was something to write been worked on once? */
  hasPassed(): boolean {
    return this.#hasPassed;
  }

  /**
   * Hands the Secrets that an earlier run has left to the book. To be called once the configuration is complete and before anything
   * is fetched. Never throws: what cannot be read is fetched anew.
   */
  async recover(signal: AbortSignal): Promise<void> {
    const { namespaces, book, logger } = this.#options;
    await namespaces.waitForSync(signal);
    const config = this.#config();
    if (config === undefined) return;
    await recoverCredentials({
      namespaces: this.#names().filter((name) => selects(config.namespaces, name)),
      read: (name) => this.#secrets.read(name),
      book,
      logger,
      signal,
    });
  }

  /** To be called when the configuration or the credentials have changed. */
  changed(): void {
    const config = this.#config();
    if (!this.#running || config === undefined) return;
    const before = this.#seenConfig;
    this.#seenConfig = config;
    // In the order of the names, in which a successor reads them: the first that it reads is the newest.
    const names = this.#names();
    const watched = names.filter((name) => selects(config.namespaces, name));
    if (this.#options.book.current() !== undefined && this.#firstPass.begin(watched)) this.#completePass();
    for (const name of watched) {
      // Somebody may have followed the advice meanwhile.
      if (this.#options.conflicts.isConflicted(name)) this.#secrets.forget(name);
      this.#queue.add(name, { priority: priorities.change });
    }
    const others = names.filter((name) => !selects(config.namespaces, name));
    if (before === undefined) this.#sweep(others);
    else {
      const deselected = others.filter((name) => selects(before.namespaces, name));
      for (const name of deselected) this.#queue.add(name, { priority: priorities.change });
    }
  }

  /** Finds what a run under another configuration has left: first where there is a sign of it, then slowly wherever it may be. */
  #sweep(names: readonly string[]): void {
    let looks = 0;
    for (const name of names) {
      if (this.#accounts.of(name).some(isAttached)) this.#queue.add(name, { priority: priorities.change });
      else {
        this.#queue.add(name, { priority: priorities.sweep, delayMs: looks * SWEEP_PAUSE_MS });
        looks += 1;
      }
    }
  }

  /** Waits for the caches, then works until `signal` fires. May be called again: what was known is then out of date, and forgotten. */
  async run(signal: AbortSignal): Promise<void> {
    const { namespaces, accounts } = this.#options;
    const areFilled = Promise.all([namespaces.waitForSync(signal), accounts.waitForSync(signal)]);
    await areFilled.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    this.#running = true;
    this.changed();
    const queue = this.#queue.run({ workers: WORKERS, handler: (name) => this.#work(name, signal), signal });
    await Promise.all([queue, this.#tick(signal)]);
    this.#rest();
  }

  /** Counts what became of the namespaces. */
  status(): NamespacesStatus {
    const { conflicts } = this.#options;
    return countNamespaces({
      config: this.#config(),
      names: this.#names(),
      accountsOf: (name) => this.#accounts.of(name),
      isServed: (name) => this.#served.has(name),
      isConflicted: (name) => conflicts.isConflicted(name),
    });
  }

  #rest(): void {
    this.#running = false;
    this.#seenConfig = undefined;
    this.#firstPass = new FirstPass();
    this.#served.clear();
    this.#options.conflicts.clear();
    this.#resync.clear();
    this.#secrets.clear();
    // So that sums over replicas are right.
    measure(this.#options.metrics, NO_NAMESPACES);
    // A queue that was shut down takes nothing any more.
    this.#queue = this.#newQueue();
  }

  #newQueue(): WorkQueue {
    const { clock, random, logger, metrics } = this.#options;
    const fair = { backoff: BACKOFF, oldestEvery: OLDEST_EVERY };
    return createWorkQueue({ name: 'namespaces', clock, random, logger, metrics, ...fair });
  }

  #onEvent(name: string): void {
    if (this.#running && this.#concerns(name)) this.#queue.add(name, { priority: priorities.event });
  }

  /** Namespaces that are not watched cost no call unless there is a sign that something of ours is there. */
  #concerns(name: string): boolean {
    const config = this.#config();
    if (config === undefined) return false;
    if (selects(config.namespaces, name) || this.#options.namespaces.get(name) === undefined) return true;
    const secret = this.#secrets.known(name);
    if (secret === 'unknown') return this.#accounts.of(name).some(isAttached);
    return secret !== 'absent' && secret.isOurs;
  }

  async #work(name: string, signal: AbortSignal): Promise<Requeue | void> {
    const config = this.#config();
    if (config === undefined) return;
    if (isEnding(this.#options.namespaces.get(name))) return this.#forget(name);
    // Whoever lost the lease writes nothing any more, in the middle of a turn either: somebody else may lead soon.
    const isLost = (): boolean => signal.aborted || isEnding(this.#options.namespaces.get(name));
    try {
      const { end, againInMs, failure } = await this.#workOn(name, isLost);
      if (signal.aborted) return;
      this.#note(name, end, selects(config.namespaces, name));
      if (failure !== undefined) throw failure;
      if (againInMs !== undefined) return { requeueAfterMs: againInMs, priority: priorities.event };
    } catch (error) {
      if (!isOfEndingNamespace(error)) throw error;
    } finally {
      this.#passed(name);
    }
  }

  async #workOn(name: string, isLost: () => boolean): Promise<Turn> {
    try {
      return await this.#worker.work(name, isLost);
    } catch (error) {
      this.#served.delete(name);
      throw error;
    }
  }

  #note(name: string, end: Turn['end'], isWatched: boolean): void {
    const { conflicts, reporter, clock } = this.#options;
    conflicts.note(name, end.do === 'leave');
    if (isWatched && end.do === 'nothing') this.#served.add(name);
    else this.#served.delete(name);
    if (isWatched) this.#resync.begin(name, clock.nowMs());
    else this.#resync.forget(name);
    if (end.do === 'leave') reporter.on(secretTarget(name, end.uid), secretConflict(name, end.why));
  }

  #forget(name: string): void {
    this.#resync.forget(name);
    this.#served.delete(name);
    this.#secrets.forget(name);
    this.#options.conflicts.note(name, false);
    this.#passed(name);
  }

  #passed(name: string): void {
    if (this.#firstPass.passed(name)) this.#completePass();
  }

  #completePass(): void {
    this.#hasPassed = true;
    this.#options.conflicts.complete();
    const { watched, served, serviceAccounts } = this.status();
    this.#options.logger.info('every watched namespace was worked on', { watched, served, ...serviceAccounts });
  }

  /** Has what others may have changed unseen read again, and counts. */
  async #tick(signal: AbortSignal): Promise<void> {
    const { clock, metrics, conflicts } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(TICK_MS, signal).catch(() => {});
      measure(metrics, this.status());
      for (const name of this.#resync.due(clock.nowMs(), conflicts.list())) {
        this.#secrets.forget(name);
        this.#queue.add(name, { priority: priorities.resync });
      }
    }
  }

  #wanted(): { config: HelperConfig; content: ReturnType<CredentialBook['current']> } | undefined {
    const config = this.#config();
    return config === undefined ? undefined : { config, content: this.#options.book.current() };
  }

  #config(): HelperConfig | undefined {
    const state = this.#options.source.current();
    return state.kind === 'complete' ? state.config : undefined;
  }

  #names(): string[] {
    return this.#options.namespaces
      .list()
      .map((namespace) => namespace.metadata?.name ?? '')
      .toSorted();
  }

  #targetOf(name: string): EventTarget | undefined {
    const uid = this.#options.namespaces.get(name)?.metadata?.uid;
    return uid === undefined ? undefined : { apiVersion: 'v1', kind: 'Namespace', name, uid };
  }
}
