import type { Clock } from '../clock.ts';
import { createDecorrelatedJitter } from '../kube/decorrelated-jitter.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import { describeReference } from '../kube/object-reference.ts';
import type { ObjectReference } from '../kube/object-reference.ts';
import { referencePath } from '../kube/reference-path.ts';
import type { KubeClient, KubeObject } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';

/** Each is a connection. Pods that miss something beyond this many objects look again by themselves. */
const MAX_WATCHES = 100;

/** As long as the server keeps a quiet watch open for us. */
const WATCH_SECONDS = 300;

/** Between two looks at an object that may not be watched. */
const POLL_MS = 5_000;

export interface MissingObjectsOptions {
  client: Pick<KubeClient, 'watch' | 'get'>;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  logger: Logger;
  /** Makes readers ask anew for an object that changed. */
  refresh: (reference: ObjectReference) => void;
}

/** An object, and where it would be found. */
interface Target extends ReturnType<typeof referencePath> {
  reference: ObjectReference;
}

interface ObjectWatch {
  target: Target;
  waiting: Set<string>;
  lastVersion: string | undefined;
  stop: AbortController;
}

/**
 * Looks out for the objects that waiting Pods miss, and for nothing else: one watch by name for each object, shared by the Pods
 * that wait for it, closed when none does. It needs no permission to list: a watch without a version begins with what is there.
 * Secrets are read every few seconds instead: whoever may watch one through a ClusterRole may read all of them.
 */
export class MissingObjects {
  readonly #options: MissingObjectsOptions;
  readonly #watches = new Map<string, ObjectWatch>();
  readonly #keysByPod = new Map<string, readonly string[]>();
  readonly #closed = new AbortController();
  #listener: (podUid: string) => void = () => {};

  constructor(options: MissingObjectsOptions) {
    this.#options = options;
  }

  /** @param listener called with the UID of a Pod when something that it waits for was created or changed. */
  onAppeared(listener: (podUid: string) => void): void {
    this.#listener = listener;
  }

  /** Says what a Pod waits for from now on; what it waited for before is forgotten. */
  waitFor(podUid: string, references: readonly ObjectReference[]): void {
    const before = this.#keysByPod.get(podUid) ?? [];
    const wanted = new Map(references.flatMap(locate).map((target) => [target.key, target]));
    for (const key of before) if (!wanted.has(key)) this.#leave(key, podUid);
    for (const target of wanted.values()) this.#join(target, podUid);
    if (wanted.size === 0) this.#keysByPod.delete(podUid);
    else this.#keysByPod.set(podUid, [...wanted.keys()]);
  }

  /** The Pod waits for nothing any more. */
  forget(podUid: string): void {
    this.waitFor(podUid, []);
  }

  /** How many objects are watched. */
  size(): number {
    return this.#watches.size;
  }

  /** Lets watches live until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#closed.abort();
    for (const { stop } of this.#watches.values()) stop.abort();
    this.#watches.clear();
  }

  #join(target: Target, podUid: string): void {
    const known = this.#watches.get(target.key);
    if (known !== undefined) {
      known.waiting.add(podUid);
      return;
    }
    if (this.#watches.size >= MAX_WATCHES || this.#closed.signal.aborted) return;
    const watch: ObjectWatch = {
      target,
      waiting: new Set([podUid]),
      lastVersion: undefined,
      stop: new AbortController(),
    };
    this.#watches.set(target.key, watch);
    void this.#follow(watch);
  }

  #leave(key: string, podUid: string): void {
    const watch = this.#watches.get(key);
    if (watch === undefined) return;
    watch.waiting.delete(podUid);
    if (watch.waiting.size > 0) return;
    watch.stop.abort();
    this.#watches.delete(key);
  }

  /** Never rejects: without us a Pod looks again by itself, only later. */
  async #follow(watch: ObjectWatch): Promise<void> {
    const { clock, logger, random } = this.#options;
    const { target, stop } = watch;
    const backoff = createDecorrelatedJitter({ baseMs: 1_000, capMs: 60_000, random });
    let polled = target.reference.kind === 'Secret';
    while (!stop.signal.aborted) {
      try {
        if (polled) await this.#look(watch);
        else await this.#watch(watch, () => backoff.reset());
        backoff.reset();
        await clock.sleep(polled ? POLL_MS : backoff.nextMs(), stop.signal);
      } catch (error) {
        if (stop.signal.aborted) return;
        const object = describeReference(target.reference);
        if (isForbidden(error) && polled) {
          logger.warn('not allowed to read what a Pod waits for; it looks again every two minutes', { object, error });
          return;
        }
        logger.debug('looking out for what a Pod waits for failed', { object, error });
        polled ||= isForbidden(error);
        await clock.sleep(backoff.nextMs(), stop.signal).catch(() => {});
      }
    }
  }

  async #watch(watch: ObjectWatch, onNews: () => void): Promise<void> {
    const { collection, name } = watch.target;
    const query = { fieldSelector: `metadata.name=${name}`, timeoutSeconds: String(WATCH_SECONDS) };
    for await (const event of this.#options.client.watch(collection, query, watch.stop.signal)) {
      onNews();
      if (event.type === 'ADDED' || event.type === 'MODIFIED') this.#seen(watch, event.object);
    }
  }

  async #look(watch: ObjectWatch): Promise<void> {
    try {
      this.#seen(watch, await this.#options.client.get<KubeObject>(watch.target.key));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #seen(watch: ObjectWatch, object: KubeObject): void {
    const version = object.metadata?.resourceVersion;
    if (version !== undefined && version === watch.lastVersion) return;
    watch.lastVersion = version;
    this.#options.refresh(watch.target.reference);
    for (const podUid of [...watch.waiting]) this.#listener(podUid);
  }
}

/** A name that no object can have is nothing to look out for. */
function locate(reference: ObjectReference): Target[] {
  try {
    return [{ ...referencePath(reference), reference }];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return [];
  }
}
