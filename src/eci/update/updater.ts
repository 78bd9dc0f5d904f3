import type { UpdateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { cloudErrorOf, isClientTokenReused } from '../../alibaba/error-classes.ts';
import { describeProblem } from '../../annotations/describe-problem.ts';
import type { Pod } from '../../kube/types.ts';
import type { UpdateOutcome, UpdateRequest } from '../../node/pod-provider.ts';
import { prepareCreate } from '../create/prepare-create.ts';
import type { PreparedCreate } from '../create/prepare-create.ts';
import type { Feed } from '../feed/feed.ts';
import type { InstanceStore } from '../feed/instance-store.ts';
import { updateToken } from '../identity/client-token.ts';
import { heldCredentials, writeHeldCredentials } from '../renewal/held-credentials.ts';
import type { EciProviderConfig, EciProviderPorts } from '../types.ts';

/** A token that an earlier process used with other parameters is passed over; more than this many are no accident. */
const MAX_TOKENS = 5;

/** The states in which the service changes a group. Source: ECI API reference, UpdateContainerGroup. */
const UPDATABLE: ReadonlySet<string | undefined> = new Set(['Pending', 'Running']);

/** A group that exists is made from no cache any more. */
const NONE = { find: () => Promise.resolve([]) };

/** What the updater works with. */
export interface UpdaterOptions {
  ports: EciProviderPorts;
  config: EciProviderConfig;
  store: InstanceStore;
  feed: Feed;
}

/**
 * Gives the containers of a group new images, in place: the service starts the containers anew and the address stays.
 *
 * The lists of containers have to be complete, so everything in them is resolved again. Kubelet does the same when it starts a
 * container: its environment is what ConfigMaps and Secrets say at that moment.
 */
export class Updater {
  readonly #options: UpdaterOptions;

  constructor(options: UpdaterOptions) {
    this.#options = options;
  }

  /** One try. @throws AlibabaCloudError, and what {@link prepareCreate} throws. */
  async update(pod: Pod, change: UpdateRequest): Promise<UpdateOutcome> {
    const { store, ports, config, feed } = this.#options;
    const uid = pod.metadata?.uid ?? '';
    const entry = store.get(uid);
    if (entry === undefined || entry.deletingSinceMs !== undefined || !UPDATABLE.has(entry.instance.groupStatus)) {
      const status = entry?.instance.groupStatus ?? 'not known yet';
      return { kind: 'later', notes: [], message: `the container group is ${status}; the new image has to wait` };
    }
    const nowMs = ports.clock.nowMs();
    const attempt = { number: change.number };
    const prepared = await prepareCreate({
      pod,
      attempt,
      ports: { ...ports, imageCaches: NONE },
      config,
      nowMs,
      purpose: 'update',
    });
    if (prepared.kind === 'held') {
      const problems = prepared.problems.map(describeProblem).join('; ');
      return { kind: 'impossible', notes: prepared.notes, message: `the new image cannot be run: ${problems}` };
    }
    if (prepared.kind === 'waiting') return { kind: 'later', notes: prepared.notes, message: prepared.message };
    const withRoles = entriesWithRoles(prepared);
    if (withRoles.length > 0) {
      const message = `an update cannot carry the role ARNs of ${withRoles.join(', ')}: delete the Pod to run the new image, or let the service role trust this component`;
      return { kind: 'impossible', notes: prepared.notes, message };
    }
    const { instanceId } = entry.instance;
    const changed = await this.#send(uid, requestOf(instanceId, prepared, change), change);
    feed.expedite();
    this.#reportCredentials(uid, instanceId, prepared);
    const images = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ image }) => image);
    const message = changed
      ? `ECI accepted the update of container group ${instanceId} to ${images.join(', ')}`
      : `container group ${instanceId} has the images ${images.join(', ')} already`;
    // What is in order was said at creation.
    return { kind: 'updated', notes: prepared.notes.filter(({ type }) => type === 'Warning'), message };
  }

  /** The list of passwords that the group holds has changed: their renewal goes by what it holds now. */
  #reportCredentials(uid: string, instanceId: string, { request, credentials, intent }: PreparedCreate): void {
    const { store, ports } = this.#options;
    if (credentials.expiresAtMs === undefined) return;
    const held = heldCredentials(instanceId, {
      credentials: request.imageRegistryCredential ?? [],
      hosts: credentials.hosts,
      entries: intent.acrEntries,
      nowMs: ports.clock.nowMs(),
    });
    store.reportRenewal(uid, instanceId, { held: writeHeldCredentials(held) });
  }

  async #send(
    uid: string,
    request: Omit<UpdateContainerGroupRequest, 'clientToken'>,
    change: UpdateRequest,
  ): Promise<boolean> {
    const { eci } = this.#options.ports;
    for (let token = 0; ; token += 1) {
      const clientToken = updateToken(uid, change.number, change.attempt + token);
      try {
        const { changed } = await eci.updateContainerGroup({ ...request, clientToken });
        return changed;
      } catch (error) {
        // An earlier process sent it with credentials that have changed. Sent anew it has no effect where that one had.
        const cloud = cloudErrorOf(error);
        if (cloud === undefined || !isClientTokenReused(cloud) || token + 1 >= MAX_TOKENS) throw error;
      }
    }
  }
}

/** Only what changed, but every list as a whole. Credentials always: the new image may come from another registry. */
function requestOf(
  containerGroupId: string,
  { request }: PreparedCreate,
  change: UpdateRequest,
): Omit<UpdateContainerGroupRequest, 'clientToken'> {
  const { container, initContainer, imageRegistryCredential, acrRegistryInfo } = request;
  return {
    containerGroupId,
    updateType: 'IncrementalUpdate',
    ...(change.containers ? { container } : {}),
    ...(change.initContainers && initContainer !== undefined ? { initContainer } : {}),
    ...(imageRegistryCredential === undefined ? {} : { imageRegistryCredential }),
    ...(acrRegistryInfo === undefined ? {} : { acrRegistryInfo: acrRegistryInfo.map((entry) => ({ ...entry })) }),
  };
}

/** Cross-account entries, by the name that people know them by. Source: ECI API reference, UpdateContainerGroup, AcrRegistryInfo. */
function entriesWithRoles({ request }: PreparedCreate): string[] {
  return (request.acrRegistryInfo ?? [])
    .filter(({ arnService, arnUser }) => arnService !== undefined || arnUser !== undefined)
    .map(({ instanceId, domain }) => instanceId ?? domain?.join(', ') ?? 'a registry entry');
}
