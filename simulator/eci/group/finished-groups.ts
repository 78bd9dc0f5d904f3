import type { Owner } from '../resource-store.ts';
import type { ContainerGroup } from './container-group.ts';

/** Source: ECI help centre, life cycle: finished groups are shown for an hour, then only the latest 100 of a region. */
const KEPT_MS = 60 * 60_000;
const KEPT_COUNT = 100;

/** Forgets finished groups as the cloud does: lazily, when somebody looks. */
export class FinishedGroups {
  readonly #byOwner = new Map<string, ContainerGroup[]>();

  add(group: ContainerGroup): void {
    const key = `${group.accountId}/${group.regionId}`;
    const finished = this.#byOwner.get(key) ?? [];
    finished.push(group);
    this.#byOwner.set(key, finished);
  }

  /** @returns the groups whose metadata are no longer kept, each once. */
  takeExpired({ accountId, regionId }: Owner, nowMs: number): ContainerGroup[] {
    const finished = this.#byOwner.get(`${accountId}/${regionId}`) ?? [];
    const surplus = Math.max(finished.length - KEPT_COUNT, 0);
    const fresh = finished.findIndex(({ finishedAtMs = 0 }) => nowMs - finishedAtMs <= KEPT_MS);
    return finished.splice(0, Math.min(surplus, fresh === -1 ? finished.length : fresh));
  }
}
