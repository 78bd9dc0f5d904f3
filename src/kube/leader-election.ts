import type { Clock } from '../clock.ts';
import { EciKubeletError } from '../errors.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import { isAlreadyExists, isConflict, isNotFound } from './errors.ts';
import { decideElection, leaseSpec, releasedSpec } from './leader-lease.ts';
import type { LeaseObservation } from './leader-lease.ts';
import { linkAbort } from './linked-abort.ts';
import { kubeMetrics } from './metric-names.ts';
import type { KubeClient, Lease } from './types.ts';
import { WakeUp } from './wake-up.ts';

/**
 * Leader election by a Lease, after the rules of client-go (`tools/leaderelection`): a lease that nobody renewed for its duration,
 * on the clock of the one who looks, is free. Deviations: a leader that is asked to stop goes on renewing until its work has
 * ended, and only then releases the lease; and the time of the last renewal is that at which the request was sent.
 */
export interface LeaderElectorOptions {
  client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  clock: Clock;
  /** Milliseconds on a clock that nobody sets. Times in the lease itself, which others wrote, are never compared. */
  monotonicMs: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  metrics: Metrics;
  namespace: string;
  /** Name of the Lease. */
  name: string;
  /** Unique among the candidates, also across restarts of one of them. */
  identity: string;
  /** The defaults of client-go when absent. */
  timing?: LeaderTiming;
}

/** How long a lease lasts, in milliseconds. Each is more than the next. */
export interface LeaderTiming {
  /** For so long nobody else takes a lease that is not renewed; whole seconds. */
  leaseDurationMs: number;
  /** A leader that could not renew for so long stops. The rest of the duration is for its work to end. */
  renewDeadlineMs: number;
  /** Time between two tries to take or to renew it. */
  retryPeriodMs: number;
}

const DEFAULT_TIMING: LeaderTiming = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
/** Candidates wait up to this much longer, as a share of the period, so that they do not come in step. */
const JITTER_FACTOR = 1.2;

/** Code of the error with which {@link LeaderElector.run} ends a leader that lost its lease. */
const LEADERSHIP_LOST = 'LeadershipLost';

/** Did work stop because somebody else may lead by now? Then nothing may be written any more, not even to tidy up. */
export function isLeadershipLost(error: unknown): boolean {
  return error instanceof EciKubeletError && error.code === LEADERSHIP_LOST;
}

/** One candidate for the leadership. */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #path: string;
  readonly #collection: string;
  readonly #timing: LeaderTiming;
  #leading = false;
  #observed: LeaseObservation | undefined;
  #renewedAtMs = 0;
  #lastFailure = '';

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#timing = options.timing ?? DEFAULT_TIMING;
    this.#collection = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
    this.#path = `${this.#collection}/${options.name}`;
  }

  isLeader(): boolean {
    return this.#leading;
  }

  /** Identity of whoever holds the lease, as last seen. */
  leader(): string | undefined {
    return this.#observed?.lease.spec?.holderIdentity || undefined;
  }

  /**
   * Waits for the leadership and then works.
   * @param options.lead the work; its signal fires when `signal` does, or when the lease is lost. Then the rest of the lease's
   * duration is left until somebody else may start.
   * @returns after `signal` fired, the work has ended and the lease is released.
   * @throws EciKubeletError `LeadershipLost`; and what the work throws, after releasing the lease.
   */
  async run(options: { signal: AbortSignal; lead: (signal: AbortSignal) => Promise<void> }): Promise<void> {
    const { signal, lead } = options;
    await this.#acquire(signal);
    if (!this.#leading) return;
    const link = linkAbort(signal);
    const ended = new WakeUp();
    let working = true;
    const work = lead(link.controller.signal).finally(() => {
      working = false;
      ended.wake();
    });
    // Whatever comes of it is looked at below; until then it must not count as unhandled.
    work.catch(() => {});
    try {
      const kept = await this.#hold(() => working, ended);
      if (!kept) await this.#abandon(link.controller, work);
      await work;
    } finally {
      link.unlink();
      if (this.#leading) await this.#release();
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    const { clock, random, logger, name, identity } = this.#options;
    logger.info('waiting for the leadership', { lease: name, identity });
    this.#gauge();
    while (!signal.aborted) {
      if (await this.#tryOnce()) {
        this.#leading = true;
        this.#gauge();
        logger.info('leading', { lease: name, identity });
        return;
      }
      await clock.sleep(this.#timing.retryPeriodMs * (1 + JITTER_FACTOR * random()), signal).catch(() => {});
    }
  }

  /** Renews until the work has ended. @returns false when the deadline passed, or somebody else holds the lease. */
  async #hold(working: () => boolean, ended: WakeUp): Promise<boolean> {
    const { clock } = this.#options;
    const never = new AbortController().signal;
    while (working()) {
      await ended.sleep(clock, Math.min(this.#timing.retryPeriodMs, this.#remainingMs()), never);
      if (!working()) return true;
      const remainingMs = this.#remainingMs();
      // Also after a process was stopped and continued: whoever took over in the meantime must not be written over.
      if (remainingMs <= 0) return false;
      await this.#within(remainingMs, this.#tryOnce());
      if (this.#observed?.lease.spec?.holderIdentity !== this.#options.identity) return false;
    }
    return true;
  }

  /** Until the work has to stop. */
  #remainingMs(): number {
    return Math.max(0, this.#renewedAtMs + this.#timing.renewDeadlineMs - this.#options.monotonicMs());
  }

  async #abandon(work: AbortController, ended: Promise<void>): Promise<never> {
    const { name, identity, logger } = this.#options;
    this.#leading = false;
    this.#gauge();
    logger.error('the leadership is lost, work stops', { lease: name, identity, leader: this.leader() });
    const message = `the lease ${name} could not be renewed in time; another replica may lead by now`;
    const lost = new EciKubeletError(LEADERSHIP_LOST, message);
    work.abort(lost);
    await this.#within(
      this.#timing.leaseDurationMs - this.#timing.renewDeadlineMs,
      ended.catch(() => {}),
    );
    throw lost;
  }

  /** Tries to become or to stay leader. Never throws: a failure is one more try that led to nothing. */
  async #tryOnce(): Promise<boolean> {
    const { logger, name, monotonicMs } = this.#options;
    const sentAtMs = monotonicMs();
    try {
      const leads = await this.#acquireOrRenew();
      if (leads) this.#renewedAtMs = sentAtMs;
      this.#lastFailure = '';
      return leads;
    } catch (error) {
      // Somebody else was faster; the next try sees who.
      if (isConflict(error) || isAlreadyExists(error)) return false;
      const message = error instanceof Error ? error.message : 'unknown failure';
      if (message !== this.#lastFailure) logger.warn('the leader lease could not be written', { lease: name, error });
      this.#lastFailure = message;
      return false;
    }
  }

  async #acquireOrRenew(): Promise<boolean> {
    const { client, clock, identity, name, namespace, monotonicMs } = this.#options;
    const found = await this.#read();
    const spec = leaseSpec({
      identity,
      nowMs: clock.nowMs(),
      durationSeconds: this.#timing.leaseDurationMs / 1000,
      before: found?.spec,
    });
    if (found === undefined) {
      const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec };
      this.#observe(await client.create<Lease>(this.#collection, body));
      return true;
    }
    this.#observe(found);
    const decision = decideElection({ observed: this.#observed, identity, nowMs: monotonicMs() });
    if (decision === 'wait') return false;
    this.#observe(await client.replace<Lease>(this.#path, { ...found, spec }));
    return true;
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get<Lease>(this.#path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The time of an observation is when the lease was first seen as it is: only then somebody renewed it. */
  #observe(lease: Lease): void {
    const { logger, monotonicMs, name } = this.#options;
    const record = JSON.stringify(lease.spec);
    if (this.#observed !== undefined && this.#observed.record === record) return;
    const before = this.leader();
    this.#observed = { lease, record, atMs: monotonicMs() };
    if (this.leader() !== before) logger.info('leader', { lease: name, leader: this.leader() });
  }

  /** So that a successor need not wait. Failing to is no harm: the lease runs out. */
  async #release(): Promise<void> {
    const { client, clock, identity, logger, name } = this.#options;
    this.#leading = false;
    this.#gauge();
    const release = async (): Promise<void> => {
      const found = await this.#read();
      if (found?.spec?.holderIdentity !== identity) return;
      await client.replace<Lease>(this.#path, { ...found, spec: releasedSpec(found.spec, clock.nowMs()) });
      logger.info('the leadership is released', { lease: name, identity });
    };
    const released = release().catch((error: unknown) =>
      logger.warn('the leader lease could not be released', { lease: name, error }),
    );
    await this.#within(this.#timing.retryPeriodMs, released);
  }

  async #within(ms: number, promise: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const late = this.#options.clock.sleep(ms, done.signal).catch(() => {});
    await Promise.race([promise, late]);
    done.abort();
  }

  #gauge(): void {
    const { metrics, name } = this.#options;
    metrics.gauge(kubeMetrics.leader, this.#leading ? 1 : 0, { lease: name });
  }
}
