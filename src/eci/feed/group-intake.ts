import type { ContainerGroup, EciEvent } from '../../alibaba/eci-answers.ts';
import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Logger } from '../../telemetry/types.ts';
import { nodeTagValue, ownedNode, ownedPodName, ownedUid, tagKeys } from '../identity/ownership-tags.ts';
import { observeContainerGroup } from '../instance/observe-container-group.ts';
import { chooseGroup } from './choose-group.ts';
import type { InstanceStore } from './instance-store.ts';

/** What the intake works with. */
export interface IntakeOptions {
  eci: EciClient;
  store: InstanceStore;
  log: Logger;
  clusterId: string;
  /** The nodes whose groups are ours. Several are asked for by their cluster, which brings groups of other processes as well. */
  nodeNames: readonly string[];
  /** Called for each group that is in the store, with the events that came along. */
  onEvents?: (containerGroupId: string, events: readonly EciEvent[]) => void;
}

/**
 * Takes rows of DescribeContainerGroups into the store: known groups are updated, unknown ones with our tags are adopted, and
 * where a Pod turns out to have several, one is kept and the others are deleted.
 */
export class GroupIntake {
  readonly #options: IntakeOptions;
  readonly #nodes: ReadonlySet<string>;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#nodes = new Set(options.nodeNames.map(nodeTagValue));
  }

  /** @param requestStartMs when the answer was asked for. @returns UIDs of the Pods that the rows belong to. */
  async take(groups: readonly ContainerGroup[], requestStartMs: number): Promise<Set<string>> {
    const { store, log } = this.#options;
    const byUid = new Map<string, ContainerGroup[]>();
    for (const group of groups) {
      if (store.isDeletedGroup(group.containerGroupId)) continue;
      const uid = ownedUid(group.tags, this.#options.clusterId);
      if (uid === undefined || this.#isForeign(group)) {
        // Remembered, so that its status, which carries no tags, does not make us ask for it again and again.
        store.foreign(group.containerGroupId);
        log.debug('container group of somebody else', { containerGroupId: group.containerGroupId });
      } else byUid.set(uid, [...(byUid.get(uid) ?? []), group]);
    }
    for (const [uid, rows] of byUid) await this.#takePod(uid, rows, requestStartMs);
    return new Set(byUid.keys());
  }

  /** A single node asks by its own tag; what it meets beyond that, by the UID of a Pod of its own, is that Pod's all the same. */
  #isForeign(group: ContainerGroup): boolean {
    const node = ownedNode(group.tags);
    return this.#nodes.size > 1 && (node === undefined || !this.#nodes.has(node));
  }

  async #takePod(uid: string, rows: readonly ContainerGroup[], requestStartMs: number): Promise<void> {
    const { store, log } = this.#options;
    const known = store.get(uid);
    const candidates = rows.map((group) => ({
      containerGroupId: group.containerGroupId,
      groupStatus: group.status,
      createdAtMs: Date.parse(group.creationTime ?? '') || undefined,
    }));
    // A group that is going or gone is no reason to delete one that is there.
    const stays = known !== undefined && known.deletingSinceMs === undefined && known.missingSinceMs === undefined;
    if (stays && !rows.some((row) => row.containerGroupId === known.instance.instanceId)) {
      candidates.push({
        containerGroupId: known.instance.instanceId,
        groupStatus: known.instance.groupStatus,
        createdAtMs: known.instance.facts.createdAtMs ?? known.acceptedAtMs,
      });
    }
    const [first, ...rest] = candidates;
    if (first === undefined) return;
    const { kept, surplus } = chooseGroup([first, ...rest]);
    for (const group of surplus) await this.#deleteSurplus(uid, group.containerGroupId, kept.containerGroupId);
    const row = rows.find((candidate) => candidate.containerGroupId === kept.containerGroupId);
    if (row === undefined) return;
    if (store.get(uid)?.instance.instanceId !== kept.containerGroupId) {
      const nodeName = ownedNode(row.tags);
      const namespace = row.tags.find((tag) => tag.key === tagKeys.namespace)?.value ?? '';
      log.info('adopted a container group', { containerGroupId: kept.containerGroupId, podUid: uid });
      store.enter(
        {
          uid,
          namespace,
          name: ownedPodName(row.tags),
          instanceId: kept.containerGroupId,
          ...(nodeName === undefined ? {} : { nodeName }),
        },
        { hasInitContainers: row.initContainers.length > 0 },
      );
      if (known?.deletingSinceMs !== undefined) store.deleting(uid, known.deletingSinceMs);
    }
    store.observe(uid, observeContainerGroup(row, requestStartMs));
    this.#options.onEvents?.(row.containerGroupId, row.events);
  }

  /** Failing to delete is no reason to stop: the group stays listed and is met again. */
  async #deleteSurplus(podUid: string, containerGroupId: string, keptId: string): Promise<void> {
    const { eci, store, log } = this.#options;
    try {
      await eci.deleteContainerGroup({ containerGroupId });
      store.ignoreGroup(containerGroupId);
      log.warn('deleted a second container group of one Pod', { containerGroupId, keptId, podUid });
    } catch (error) {
      log.warn('a second container group of one Pod could not be deleted', { containerGroupId, keptId, podUid, error });
    }
  }
}
