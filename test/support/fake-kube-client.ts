import { KubeApiError } from '../../src/kube/errors.ts';
import type { DeleteOptions, KubeClient, KubeObject, ListResult, PatchType, WatchEvent } from '../../src/kube/types.ts';

type Plain = Record<string, unknown>;

/** An API server in memory for controllers: objects by path, status patches merged, UIDs checked, calls recorded. */
export class FakeKubeClient implements KubeClient {
  readonly objects = new Map<string, KubeObject & Plain>();
  readonly calls: { verb: string; path: string; body?: unknown }[] = [];
  /** Thrown by the next calls, in order. */
  readonly #watches = new Set<{ events: WatchEvent[]; wake: () => void }>();
  readonly failures: { verb: string; reason: string; httpStatus: number }[] = [];

  /** Writes only: what an API server has to store. */
  writes(): string[] {
    return this.calls
      .filter((call) => call.verb !== 'get' && call.verb !== 'watch')
      .map((call) => `${call.verb} ${call.path}`);
  }

  fail(verb: string, reason: string, httpStatus: number): void {
    this.failures.push({ verb, reason, httpStatus });
  }

  put(path: string, object: KubeObject): void {
    this.objects.set(path, structuredClone(object) as KubeObject & Plain);
  }

  async get<T>(path: string): Promise<T> {
    this.#note('get', path);
    return structuredClone(this.#find(path)) as T;
  }

  async list<T extends KubeObject>(): Promise<ListResult<T>> {
    throw new Error('controllers do not list');
  }

  async create<T>(path: string, body: object): Promise<T> {
    this.#note('create', path, body);
    return body as T;
  }

  async replace<T>(path: string, body: object): Promise<T> {
    this.#note('replace', path, body);
    this.put(path, body);
    return body as T;
  }

  async patch<T>(path: string, body: object, type: PatchType): Promise<T> {
    this.#note(`patch ${type}`, path, body);
    const target = path.replace(/\/status$/, '');
    const object = this.#find(target);
    const patch = body as { metadata?: Plain; status?: Plain };
    if (patch.metadata?.['uid'] !== undefined && patch.metadata['uid'] !== object.metadata?.uid) {
      throw refusal('Conflict', 409, path);
    }
    object.metadata = merge(object.metadata ?? {}, patch.metadata ?? {});
    object['status'] = merge(object['status'] ?? {}, patch.status ?? {}, type);
    return structuredClone(object) as T;
  }

  async delete(path: string, options: DeleteOptions = {}): Promise<void> {
    this.#note('delete', path, options);
    const object = this.objects.get(path);
    if (object === undefined) return;
    if (options.uid !== undefined && object.metadata?.uid !== options.uid) throw refusal('Conflict', 409, path);
    this.objects.delete(path);
  }

  /** Stays open until the signal fires; {@link announce} feeds every watch that is open. */
  async *watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, void> {
    this.#note('watch', path, query);
    const stream = { events: [] as WatchEvent[], wake: (): void => {} };
    this.#watches.add(stream);
    signal.addEventListener('abort', () => stream.wake(), { once: true });
    try {
      while (!signal.aborted) {
        const event = stream.events.shift();
        if (event === undefined) await new Promise<void>((resolve) => (stream.wake = resolve));
        else yield event;
      }
    } finally {
      this.#watches.delete(stream);
    }
  }

  /** How many watches are open. */
  openWatches(): number {
    return this.#watches.size;
  }

  announce(event: WatchEvent): void {
    for (const stream of this.#watches) {
      stream.events.push(event);
      stream.wake();
    }
  }

  #note(verb: string, path: string, body?: unknown): void {
    this.calls.push({ verb, path, ...(body === undefined ? {} : { body: structuredClone(body) }) });
    const failure = this.failures[0];
    if (failure === undefined || !verb.startsWith(failure.verb)) return;
    this.failures.shift();
    throw refusal(failure.reason, failure.httpStatus, path);
  }

  #find(path: string): KubeObject & Plain {
    const object = this.objects.get(path);
    if (object === undefined) throw refusal('NotFound', 404, path);
    return object;
  }
}

function refusal(reason: string, httpStatus: number, path: string): KubeApiError {
  return new KubeApiError({ reason, httpStatus, message: `${path}: ${reason}` });
}

/** Null removes; conditions of a strategic patch merge by type; everything else replaces or merges as maps do. */
function merge(before: object, patch: object, type: PatchType = 'merge'): Plain {
  const result = { ...before } as Plain;
  for (const [key, value] of Object.entries(patch)) {
    const current = result[key];
    if (value === null) delete result[key];
    else if (type === 'strategic' && key === 'conditions') result[key] = mergeConditions(current, value);
    else if (isMap(value) && isMap(current)) result[key] = merge(current, value, type);
    else if (value !== undefined) result[key] = structuredClone(value);
  }
  return result;
}

function mergeConditions(current: unknown, patch: unknown): unknown {
  const changed = patch as { type: string }[];
  const types = new Set(changed.map((condition) => condition.type));
  const kept = ((current ?? []) as { type: string }[]).filter((condition) => !types.has(condition.type));
  return [...changed, ...kept];
}

function isMap(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
