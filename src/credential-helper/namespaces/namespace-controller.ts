/**
 * Gives every watched namespace its Secret and every selected ServiceAccount the entry for it, and takes both away where they are no
 * longer wanted. One namespace is worked on by one worker at a time; a turn with nothing to do makes no call.
 */
import type { Clock } from '../../clock.ts';
import type { ReflectorEvent } from '../../kube/reflector.ts';
import type { ObjectReader } from '../../kube/object-store.ts';
import type { KubeClient, KubeObject, ServiceAccount } from '../../kube/types.ts';
import { createWorkQueue, type Requeue, type WorkQueue } from '../../kube/work-queue.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { selects, type HelperConfig } from '../config/model.ts';
import type { ConfigSource } from '../config/source.ts';
import type { CredentialBook } from '../entries/credential-book.ts';
import { SECRET_NAME } from '../names.ts';
import type { Reporter } from '../report.ts';
import type { NamespacesStatus } from '../status/model.ts';
import { AccountIndex } from './account-index.ts';
import { AccountWriter, isTerminating } from './account-writer.ts';
import { AttachLimit } from './attach-limit.ts';
import { isAttached } from './attachment.ts';
import { namespaceMetrics } from './namespace-metrics.ts';
import { SecretKeeper } from './secret-keeper.ts';

/** A namespace as the watch shows it. */
export type Namespace = KubeObject & { status?: { phase?: string } };

/** What the controller works with. */
export interface NamespaceControllerOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'patch' | 'delete'>;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  metrics: Metrics;
  source: Pick<ConfigSource, 'current'>;
  book: Pick<CredentialBook, 'current'>;
  namespaces: ObjectReader<Namespace>;
  reporter: Reporter;
  adoptExisting: boolean;
}

/** Urgency in the queue. What somebody waits for comes before what only keeps things as they are. */
const priorities = { event: 0, change: 1, resync: 2, sweep: 3 } as const;
const WORKERS = 10;
/** Outside edits of a Secret are not watched: they show when it is read anew. */
const RESYNC_MS = 600_000;

export class NamespaceController {
  readonly #options: NamespaceControllerOptions;
  #queue: WorkQueue;
  readonly #accounts: AccountIndex;
  #secrets: SecretKeeper;
  readonly #writer: AccountWriter;
  readonly #limit = new AttachLimit();
  /** When each watched namespace is read anew, epoch milliseconds. */
  readonly #resyncAtMs = new Map<string, number>();
  /** Worked on, and as they should be. */
  readonly #served = new Set<string>();
  /** Watched namespaces that the first pass has still to come to; undefined before it began. */
  #firstPass: Set<string> | undefined;
  #running = false;

  constructor(options: NamespaceControllerOptions) {
    this.#options = options;
    const { client, clock } = options;
    this.#accounts = new AccountIndex(() => clock.nowMs());
    this.#secrets = this.#newSecrets();
    this.#writer = new AccountWriter(client);
    this.#queue = this.#newQueue();
  }

  /** Takes an event of the watch of namespaces. */
  onNamespace({ type, object }: ReflectorEvent<Namespace>): void {
    const name = object.metadata?.name ?? '';
    if (type !== 'updated' && this.#running) this.#queue.add(name, { priority: priorities.event });
  }

  /** Takes an event of the watch of ServiceAccounts. */
  onAccount(event: ReflectorEvent<ServiceAccount>): void {
    const namespace = this.#accounts.take(event);
    if (event.type === 'deleted') this.#limit.forget(event.object.metadata?.uid ?? '');
    if (this.#running) this.#queue.add(namespace, { priority: priorities.event });
  }

  /** Has every watched namespace been worked on once? */
  hasPassed(): boolean {
    return this.#firstPass?.size === 0;
  }

  /** Is there a Secret of our name in the namespace that is not ours, as far as is known? */
  isConflicted(namespace: string): boolean {
    return this.#secrets.conflictIn(namespace) !== undefined;
  }

  /** Looks at all namespaces: the configuration or the credentials have changed. */
  changed(): void {
    if (!this.#running) return;
    this.#beginFirstPass();
    // In the order of the names, in which a successor reads what was written: the first that it reads is the newest.
    // Those that are not watched are looked at once, after the others, for what an earlier run has left.
    const config = this.#config();
    for (const name of this.#names()) {
      const isWatched = config !== undefined && selects(config.namespaces, name);
      this.#queue.add(name, { priority: isWatched ? priorities.change : priorities.sweep });
    }
  }

  /**
   * Works until `signal` fires. The caches must be filled. May be called again, as by a replica that lost the lease and got it back:
   * what was remembered of Secrets is forgotten then, because another one may have written them.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#queue = this.#newQueue();
    this.#secrets = this.#newSecrets();
    this.#firstPass = undefined;
    this.#running = true;
    this.changed();
    const ticking = this.#resyncNow(signal);
    await this.#queue.run({ workers: WORKERS, handler: (name) => this.#work(name), signal });
    this.#running = false;
    await ticking;
  }

  #newSecrets(): SecretKeeper {
    const { client, adoptExisting } = this.#options;
    return new SecretKeeper({ client, adoptExisting });
  }

  #newQueue(): WorkQueue {
    const { clock, random, logger, metrics } = this.#options;
    return createWorkQueue({ name: 'namespaces', clock, random, logger, metrics });
  }

  /** Counts what became of the namespaces. */
  status(): NamespacesStatus {
    const config = this.#config();
    const watched = config === undefined ? [] : this.#names().filter((name) => selects(config.namespaces, name));
    let [selected, attached] = [0, 0];
    for (const name of watched) {
      for (const account of this.#selected(name)) {
        selected += 1;
        if (isAttached(account)) attached += 1;
      }
    }
    return {
      watched: watched.length,
      served: watched.filter((name) => this.#served.has(name)).length,
      conflicts: watched.filter((name) => this.isConflicted(name)),
      serviceAccounts: { selected, attached },
    };
  }

  async #resyncNow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(10_000, signal).catch(() => {});
      this.#measure();
      const nowMs = clock.nowMs();
      for (const [name, atMs] of this.#resyncAtMs) {
        // Not further ahead than a full interval either: the clock may have been set back.
        if (nowMs < atMs && atMs - nowMs <= RESYNC_MS * 2) continue;
        this.#secrets.forget(name);
        this.#resyncAtMs.set(name, nowMs + RESYNC_MS);
        this.#queue.add(name, { priority: priorities.resync });
      }
    }
  }

  async #work(name: string): Promise<Requeue | void> {
    const config = this.#config();
    if (config === undefined) return;
    const namespace = this.#options.namespaces.get(name);
    if (namespace === undefined) return this.#forget(name);
    if (isEnding(namespace)) return this.#leaveOut(name);
    try {
      if (!selects(config.namespaces, name)) await this.#cleanUp(name);
      else return await this.#serve(name);
    } catch (error) {
      this.#served.delete(name);
      if (!isTerminating(error)) throw error;
    } finally {
      this.#passed(name);
    }
  }

  async #serve(name: string): Promise<Requeue | void> {
    const { book, clock, random } = this.#options;
    const content = book.current();
    if (content === undefined) return;
    if (!this.#resyncAtMs.has(name)) this.#resyncAtMs.set(name, clock.nowMs() + RESYNC_MS * (0.5 + random() / 2));
    const selected = this.#selected(name);
    const attached = selected.map((account) => account.metadata?.name ?? '').toSorted();

    // Known before anything is attached, so that whoever cleans up finds all of it.
    if (this.#secrets.attachedIn(name) === undefined) await this.#secrets.look(name, content);
    const deselected = (this.#secrets.attachedIn(name) ?? []).filter((account) => !attached.includes(account));
    if (this.#secrets.isKeptIn(name)) await this.#detach(name, deselected);
    const outcome = await this.#secrets.ensure(name, { content, attached });
    if (outcome.kind === 'conflict') {
      this.#served.delete(name);
      this.#options.reporter.on(
        { apiVersion: 'v1', kind: 'Secret', namespace: name, name: SECRET_NAME, uid: outcome.uid },
        {
          reason: 'SecretConflict',
          message: `The Secret ${name}/${SECRET_NAME} is not written, and no ServiceAccount in ${name} is attached: ${outcome.why}.`,
        },
      );
      return;
    }
    if (outcome.written) {
      this.#options.metrics.count(namespaceMetrics.secretWrites);
      this.#options.logger.debug('pull Secret written', { namespace: name });
    }
    const waitMs = await this.#attach(selected);
    this.#served.add(name);
    return waitMs === undefined ? undefined : { requeueAfterMs: waitMs, priority: priorities.event };
  }

  /** @returns milliseconds until a ServiceAccount that others keep changing may be written again. */
  async #attach(accounts: readonly ServiceAccount[]): Promise<number | undefined> {
    const { clock } = this.#options;
    const waits: number[] = [];
    for (const account of accounts) {
      if (isAttached(account)) continue;
      const uid = account.metadata?.uid ?? '';
      const waitMs = this.#limit.waitMs(uid, clock.nowMs());
      if (waitMs > 0) {
        waits.push(waitMs);
        continue;
      }
      const written = await this.#tryAttach(account);
      if (written === undefined) continue;
      this.#accounts.wrote(written);
      const repeats = this.#limit.wrote(uid, clock.nowMs());
      if (repeats > 0) await this.#tellFight(account, repeats);
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  async #tryAttach(account: ServiceAccount): Promise<ServiceAccount | undefined> {
    try {
      return await this.#writer.attach(account);
    } catch (error) {
      if (isTerminating(error)) return undefined;
      const why = error instanceof Error ? error.message : 'unknown failure';
      this.#tell(account, `The entry ${SECRET_NAME} could not be added to imagePullSecrets; it is tried again: ${why}`);
      throw error;
    }
  }

  async #tellFight(account: ServiceAccount, repeats: number): Promise<void> {
    this.#options.metrics.count(namespaceMetrics.attachFights);
    const editor = await this.#writer.lastEditor(account);
    const who = editor === undefined ? 'somebody' : editor;
    this.#tell(
      account,
      `The entry ${SECRET_NAME} was taken out of imagePullSecrets again and put back ${repeats} times by now, at most once in 30 s; the last other writer is ${who}. Let it keep the entry, or deselect the ServiceAccount in service-account.`,
      'the entry keeps being taken out',
    );
  }

  #tell(account: ServiceAccount, message: string, sameAs?: string): void {
    const { namespace = '', name = '', uid = '' } = account.metadata ?? {};
    this.#options.reporter.on(
      { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name, uid },
      { reason: 'AttachFailed', message, ...(sameAs === undefined ? {} : { sameAs }) },
    );
  }

  async #detach(namespace: string, names: readonly string[]): Promise<void> {
    for (const account of this.#accounts.of(namespace)) {
      if (!names.includes(account.metadata?.name ?? '') || !isAttached(account)) continue;
      const written = await this.#writer.detach(account);
      this.#limit.forget(account.metadata?.uid ?? '');
      if (written !== undefined) this.#accounts.wrote(written);
    }
  }

  /** In a namespace that is not watched: takes away what is ours, if there is anything. */
  async #cleanUp(name: string): Promise<void> {
    this.#resyncAtMs.delete(name);
    this.#served.delete(name);
    if (this.#secrets.attachedIn(name) === undefined) await this.#secrets.look(name);
    if (!this.#secrets.isKeptIn(name)) return;
    await this.#detach(name, this.#secrets.attachedIn(name) ?? []);
    await this.#secrets.remove(name);
    this.#options.logger.info('namespace is no longer served', { namespace: name });
  }

  #forget(name: string): void {
    this.#leaveOut(name);
    this.#secrets.forget(name);
  }

  #leaveOut(name: string): void {
    this.#resyncAtMs.delete(name);
    this.#served.delete(name);
    this.#passed(name);
  }

  #beginFirstPass(): void {
    const config = this.#config();
    if (this.#firstPass !== undefined || config === undefined || this.#options.book.current() === undefined) return;
    this.#firstPass = new Set(this.#names().filter((name) => selects(config.namespaces, name)));
  }

  #passed(name: string): void {
    if (this.#options.book.current() === undefined) return;
    const before = this.hasPassed();
    this.#firstPass?.delete(name);
    if (!before && this.hasPassed()) this.#options.logger.info('every watched namespace was worked on', this.#counts());
  }

  #counts(): Record<string, unknown> {
    const { watched, served, serviceAccounts } = this.status();
    return { watched, served, ...serviceAccounts };
  }

  #measure(): void {
    const { metrics } = this.#options;
    const { watched, served, conflicts, serviceAccounts } = this.status();
    metrics.gauge(namespaceMetrics.watched, watched);
    metrics.gauge(namespaceMetrics.served, served);
    metrics.gauge(namespaceMetrics.conflicts, conflicts.length);
    metrics.gauge(namespaceMetrics.selected, serviceAccounts.selected);
    metrics.gauge(namespaceMetrics.attached, serviceAccounts.attached);
  }

  #selected(namespace: string): ServiceAccount[] {
    const config = this.#config();
    if (config === undefined) return [];
    return this.#accounts
      .of(namespace)
      .filter(
        ({ metadata }) =>
          metadata?.deletionTimestamp === undefined && selects(config.serviceAccounts, metadata?.name ?? ''),
      );
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
}

function isEnding({ metadata, status }: Namespace): boolean {
  return metadata?.deletionTimestamp !== undefined || status?.phase === 'Terminating';
}
