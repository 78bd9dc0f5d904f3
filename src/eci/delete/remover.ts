import type { Creator } from '../create/creator.ts';
import type { Feed } from '../feed/feed.ts';
import type { InstanceStore } from '../feed/instance-store.ts';
import type { EciProviderPorts } from '../types.ts';

/** What the remover works with. */
export interface RemoverOptions {
  ports: Pick<EciProviderPorts, 'eci' | 'clock' | 'log'>;
  store: InstanceStore;
  feed: Feed;
  creator: Pick<Creator, 'abandon'>;
}

/** Deletes the container group of a Pod, found by our tags and never on the word of an annotation alone. */
export class Remover {
  readonly #options: RemoverOptions;

  constructor(options: RemoverOptions) {
    this.#options = options;
  }

  /**
   * Deletes what a Pod has, after a look for what a create without a definite answer may have left.
   * @returns true when ECI accepted a deletion; false when no group of the Pod is known, whose absence is being proven then.
   * @throws what the calls throw: then nothing is known.
   */
  async delete(uid: string, force: boolean): Promise<boolean> {
    const { ports, store, feed, creator } = this.#options;
    const unsure = await creator.abandon(uid);
    const isSuspect = store.suspects().some((suspect) => suspect.uid === uid);
    if (!unsure && store.get(uid) === undefined && !isSuspect) {
      // Nothing was ever sent, or what was sent was refused.
      store.provenAbsent(uid);
      return false;
    }
    // A create without a definite answer may have left a group that no listing has shown yet.
    if (store.get(uid) === undefined && !store.isAbsent(uid)) await feed.findByUid(uid);
    if (store.get(uid) === undefined) await this.#lookForClaim(uid);
    const entry = store.get(uid);
    if (entry === undefined) return false;
    const { instanceId } = entry.instance;
    await ports.eci.deleteContainerGroup({ containerGroupId: instanceId, ...(force ? { force: true } : {}) });
    store.deleting(uid, ports.clock.nowMs());
    feed.expedite();
    return true;
  }

  /**
   * Follows up the id that the Pod names. An annotation is the word of whoever may edit the Pod, and a credential that may
   * delete but not list is shown nothing: what no answer shows under our tags is not deleted. The lookups find out whether it
   * is gone.
   */
  async #lookForClaim(uid: string): Promise<void> {
    const { ports, store, feed } = this.#options;
    store.suspect(uid, { nowMs: ports.clock.nowMs(), deleting: true });
    const claimed = store.suspects().find((suspect) => suspect.uid === uid)?.containerGroupId;
    if (claimed === undefined || (await feed.findById(claimed)) === undefined || store.get(uid) !== undefined) return;
    ports.log.warn('the Pod names a container group that is not its own; the group is left alone', { podUid: uid });
    store.disclaim(uid);
  }
}
