import { KubeApiError } from '../../src/kube/errors.ts';
import type { JsonPatchOperation } from '../../src/kube/patch.ts';
import type { DeleteOptions, KubeObject, PatchType } from '../../src/kube/types.ts';
import { applyJsonPatch } from './apply-json-patch.ts';

type Plain = Record<string, unknown>;

/** One write that an API server has stored. */
interface Write {
  verb: 'create' | 'replace' | 'patch' | 'delete';
  path: string;
  body: Plain;
}

/**
 * An API server in memory for controllers of single objects: versions are checked, UIDs are given, `nodes/status` changes status
 * and metadata but no spec, lists of conditions and addresses merge by type as a strategic merge patch says.
 */
export class MemoryApi {
  readonly objects = new Map<string, KubeObject & Plain>();
  readonly writes: Write[] = [];
  /** Refuses calls whose `verb path` matches. */
  readonly refusals: { matches: RegExp; reason: string; httpStatus: number; times: number }[] = [];
  /** Called before a write is stored, for example to let somebody else write first. */
  beforeWrite: (write: Write) => void = () => {};
  #version = 0;

  refuse(matches: RegExp, reason: string, httpStatus: number, times = Infinity): void {
    this.refusals.push({ matches, reason, httpStatus, times });
  }

  /** Changes an object as somebody else would. */
  edit(path: string, change: (object: KubeObject & Plain) => void): void {
    const object = this.#find(path);
    change(object);
    this.#store(path, object);
  }

  async get<T>(path: string): Promise<T> {
    this.#check(`get ${path}`);
    return structuredClone(this.#find(path)) as T;
  }

  async create<T>(collection: string, body: object): Promise<T> {
    const object = structuredClone(body) as KubeObject & Plain;
    const path = `${collection}/${object.metadata?.name ?? ''}`;
    this.#check(`create ${path}`);
    this.#note({ verb: 'create', path, body: object });
    if (this.objects.has(path)) throw refusal('AlreadyExists', 409, path);
    object.metadata = { ...object.metadata, uid: `uid-${(this.#version + 1).toString()}` };
    return this.#store(path, object) as T;
  }

  async replace<T>(path: string, body: object): Promise<T> {
    const object = structuredClone(body) as KubeObject & Plain;
    this.#check(`replace ${path}`);
    this.#note({ verb: 'replace', path, body: object });
    this.#checkVersion(path, object);
    return this.#store(path, object) as T;
  }

  async delete(path: string, { uid }: DeleteOptions = {}): Promise<void> {
    this.#check(`delete ${path}`);
    const object = this.objects.get(path);
    if (object === undefined) return;
    this.#note({ verb: 'delete', path, body: {} });
    if (uid !== undefined && object.metadata?.uid !== uid) throw refusal('Conflict', 409, path);
    this.objects.delete(path);
  }

  async patch<T>(path: string, body: object, type: PatchType): Promise<T> {
    if (type === 'json') return this.#patchJson(path, body as readonly JsonPatchOperation[]) as T;
    const patch = structuredClone(body) as KubeObject & Plain;
    this.#check(`patch ${path}`);
    this.#note({ verb: 'patch', path, body: patch });
    const target = path.replace(/\/status$/, '');
    this.#checkVersion(target, patch);
    const { spec, status, ...rest } = patch;
    const applied = path.endsWith('/status') ? { ...rest, status } : { ...rest, spec };
    return this.#store(target, merge(this.#find(target), applied, type)) as T;
  }

  #patchJson(path: string, operations: readonly JsonPatchOperation[]): object {
    this.#check(`patch ${path}`);
    this.#note({ verb: 'patch', path, body: { operations: structuredClone(operations) } });
    const patched = applyJsonPatch(this.#find(path), operations);
    this.#checkVersion(path, patched);
    return this.#store(path, patched);
  }

  #store(path: string, object: KubeObject & Plain): object {
    this.#version += 1;
    object.metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    this.objects.set(path, object);
    return structuredClone(object);
  }

  #note(write: Write): void {
    this.beforeWrite(write);
    this.writes.push(write);
  }

  #check(call: string): void {
    const found = this.refusals.find(({ matches, times }) => times > 0 && matches.test(call));
    if (found === undefined) return;
    found.times -= 1;
    throw refusal(found.reason, found.httpStatus, call);
  }

  #checkVersion(path: string, object: KubeObject): void {
    const wanted = object.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== this.#find(path).metadata?.resourceVersion)
      throw refusal('Conflict', 409, path);
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

function merge(before: object, patch: object, type: PatchType): Plain {
  const result = structuredClone(before) as Plain;
  for (const [key, value] of Object.entries(patch)) {
    const current = result[key];
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else if (type === 'strategic' && (key === 'conditions' || key === 'addresses'))
      result[key] = mergeByType(current, value);
    else if (isMap(value)) result[key] = merge(isMap(current) ? current : {}, value, type);
    else result[key] = value;
  }
  return result;
}

function mergeByType(current: unknown, patch: unknown): unknown {
  const items = patch as { type?: string; $patch?: string }[];
  const replaces = items.some((item) => item.$patch === 'replace');
  const gone = new Set(items.filter((item) => item.$patch === 'delete').map((item) => item.type));
  const changed = items.filter((item) => item.$patch === undefined);
  const types = new Set(changed.map((item) => item.type));
  const kept = replaces ? [] : ((current ?? []) as { type: string }[]);
  return [...changed, ...kept.filter((item) => !types.has(item.type) && !gone.has(item.type))];
}

function isMap(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
