import type { Owner } from '../resource-store.ts';

/** Counts the vCPU of unfinished groups by account and region. */
export class CpuUsage {
  readonly #used = new Map<string, number>();

  /** @param cpu vCPU; negative when a group ends. */
  add(owner: Owner, cpu: number): void {
    this.#used.set(keyOf(owner), this.of(owner) + cpu);
  }

  of(owner: Owner): number {
    return this.#used.get(keyOf(owner)) ?? 0;
  }
}

function keyOf({ accountId, regionId }: Owner): string {
  return `${accountId}/${regionId}`;
}
