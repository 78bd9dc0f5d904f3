import { invalidParameter } from './invalid-parameter.ts';

/** What every stored resource has. */
export interface Stored {
  readonly id: string;
  /** Strictly growing in the order of creation. */
  readonly sequence: number;
  readonly accountId: string;
  readonly regionId: string;
}

/** Whose resources, and where. */
export interface Owner {
  readonly accountId: string;
  readonly regionId: string;
}

/** One page of a listing. */
export interface StorePage<T> {
  items: T[];
  /** Absent on the last page. */
  nextToken?: string;
  totalCount: number;
}

/** Resources by id and, per account and region, in order of creation. */
export class ResourceStore<T extends Stored> {
  readonly #byId = new Map<string, T>();
  readonly #byOwner = new Map<string, T[]>();

  add(resource: T): void {
    this.#byId.set(resource.id, resource);
    const owned = this.#byOwner.get(ownerKey(resource));
    if (owned === undefined) {
      this.#byOwner.set(ownerKey(resource), [resource]);
    } else {
      owned.push(resource);
    }
  }

  delete(resource: T): void {
    this.#byId.delete(resource.id);
    const owned = this.#byOwner.get(ownerKey(resource)) ?? [];
    const index = firstAfter(owned, resource.sequence - 1);
    if (owned[index] === resource) {
      owned.splice(index, 1);
    }
  }

  /** @returns undefined also for a resource of another account or region. */
  get(id: string, owner: Owner): T | undefined {
    const resource = this.#byId.get(id);
    return resource !== undefined && ownerKey(resource) === ownerKey(owner) ? resource : undefined;
  }

  owned(owner: Owner): readonly T[] {
    return this.#byOwner.get(ownerKey(owner)) ?? [];
  }

  all(): Iterable<T> {
    return this.#byId.values();
  }

  /**
   * Lists what matches, in order of creation. The token holds the last position, so that resources that come and go between
   * two pages neither repeat nor hide others; the total is counted once, on the first page.
   * @throws SimError 400 `InvalidParameter` for a token that was not made here.
   */
  page(
    owner: Owner,
    query: { limit: number; nextToken: string | undefined; matches: (resource: T) => boolean },
  ): StorePage<T> {
    const owned = this.owned(owner);
    const position = query.nextToken === undefined ? undefined : readToken(query.nextToken);
    const totalCount = position?.totalCount ?? owned.filter(query.matches).length;
    const items: T[] = [];
    for (let index = firstAfter(owned, position?.after ?? -1); index < owned.length; index += 1) {
      const resource = owned[index];
      if (resource === undefined || !query.matches(resource)) {
        continue;
      }
      const last = items.at(-1);
      if (last !== undefined && items.length === query.limit) {
        return { items, totalCount, nextToken: writeToken({ after: last.sequence, totalCount }) };
      }
      items.push(resource);
    }
    return { items, totalCount };
  }
}

interface Position {
  after: number;
  totalCount: number;
}

function writeToken({ after, totalCount }: Position): string {
  return Buffer.from(`${after}:${totalCount}`).toString('base64url');
}

function readToken(token: string): Position {
  const match = /^(\d+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  if (match === null) {
    throw invalidParameter('NextToken', 'was not given out by this service');
  }
  return { after: Number(match[1]), totalCount: Number(match[2]) };
}

/** @returns the index of the first resource with a greater sequence number, by binary search. */
function firstAfter(sorted: readonly Stored[], sequence: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((sorted[middle]?.sequence ?? Infinity) > sequence) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

function ownerKey({ accountId, regionId }: Owner): string {
  return `${accountId}/${regionId}`;
}
