import { nodeTagValue } from '../identity/ownership-tags.ts';
import {
  classify,
  cloudErrorOf,
  isClientTokenReused,
  isImageCacheRefused,
  outcomeUnknown,
} from '../../alibaba/error-classes.ts';
import { AlibabaCloudError } from '../../alibaba/errors.ts';
import { EciKubeletError } from '../../errors.ts';
import type { Pod } from '../../kube/types.ts';
import type { CreateAttempt, CreateOutcome } from '../../node/pod-provider.ts';
import type { Feed } from '../feed/feed.ts';
import type { InstanceStore, StoredInstance } from '../feed/instance-store.ts';
import { HELD_CREDENTIALS_ANNOTATION, heldCredentials, writeHeldCredentials } from '../renewal/held-credentials.ts';
import { MatchedCacheRefused } from '../placement/matched-cache-refused.ts';
import { PLACED_IN_ANNOTATION, placedIn } from '../identity/placed-in.ts';
import { createImageCacheLookup } from '../placement/image-cache-lookup.ts';
import type { EciProviderConfig, EciProviderPorts, PreparePorts } from '../types.ts';
import { LegacyAdoption } from './legacy-adoption.ts';
import { prepareCreate, type PreparedCreate } from './prepare-create.ts';
import { createdAnnotations, INSTANCE_ID_ANNOTATION, tokenExpiryAnnotation } from './written-annotations.ts';

/** A remembered request is built anew after this: the passwords in it last an hour. */
const REQUEST_LIFETIME_MS = 1_800_000;

/** What the creator works with. */
export interface CreatorOptions {
  ports: EciProviderPorts;
  config: EciProviderConfig;
  store: InstanceStore;
  feed: Feed;
}

/** A request that was sent, or is about to be, and has no definite answer yet. It holds credentials: never log it. */
interface PendingCreate {
  attempt: number;
  prepared: PreparedCreate;
  builtAtMs: number;
  outcomeUnknown: boolean;
}

/**
 * Creates the container group of a Pod, once. A request without a definite answer is remembered and repeated byte for byte with
 * the same ClientToken; when it may have taken effect, the cloud is asked for it by tags before it is sent again.
 */
export class Creator {
  readonly #options: CreatorOptions;
  readonly #preparePorts: PreparePorts;
  readonly #pending = new Map<string, PendingCreate>();
  readonly #inFlight = new Map<string, Promise<CreateOutcome>>();
  /** Pods for which a group may exist that no answer has told of. */
  readonly #unsure = new Set<string>();
  readonly #legacy: LegacyAdoption;
  readonly #startedAtMs: number;

  constructor(options: CreatorOptions) {
    this.#options = options;
    this.#preparePorts = { ...options.ports, imageCaches: createImageCacheLookup(options.ports) };
    this.#legacy = new LegacyAdoption(options);
    this.#startedAtMs = options.ports.clock.nowMs();
  }

  /** One try. @throws AlibabaCloudError and what {@link prepareCreate} throws. */
  async create(pod: Pod, attempt: CreateAttempt): Promise<CreateOutcome> {
    const uid = pod.metadata?.uid ?? '';
    const running = this.#inFlight.get(uid);
    if (running !== undefined) return await running;
    const started = this.#createOnce(pod, uid, attempt).finally(() => this.#inFlight.delete(uid));
    this.#inFlight.set(uid, started);
    return await started;
  }

  /**
   * Waits for a create in flight and forgets the Pod: it is being deleted.
   * @returns true when something may have been made that no answer has told of.
   */
  async abandon(uid: string): Promise<boolean> {
    await this.#inFlight.get(uid)?.catch(() => {});
    const unsure = this.#unsure.has(uid);
    this.#forget(uid);
    return unsure;
  }

  async #createOnce(pod: Pod, uid: string, attempt: CreateAttempt): Promise<CreateOutcome> {
    const { store, feed, ports, config } = this.#options;
    const known = store.get(uid);
    if (known !== undefined) return adopted(known);
    const nowMs = ports.clock.nowMs();
    const pending = this.#pendingFor(uid, attempt.number, nowMs);
    // Before a restart, this Pod may have been sent by a process that could not write the answer down.
    const maybeSent = pending === undefined ? this.#wasAcceptedEarlier(pod) : pending.outcomeUnknown;
    if (maybeSent) {
      this.#unsure.add(uid);
      await feed.findByUid(uid);
      const found = store.get(uid);
      if (found !== undefined) return this.#adopt(uid, found, pending?.prepared.tokenExpiresAtMs);
    }
    if (pending === undefined && config.adoptLegacyGroups === true && isOlderThan(pod, this.#startedAtMs)) {
      await this.#legacy.adopt(pod);
      const found = store.get(uid);
      if (found !== undefined) return this.#adopt(uid, found);
    }
    if (pending !== undefined && nowMs - pending.builtAtMs < REQUEST_LIFETIME_MS)
      return await this.#send(pod, uid, pending);
    const prepared = await prepareCreate({ pod, attempt, ports: this.#preparePorts, config, nowMs });
    if (prepared.kind !== 'ready') return prepared;
    const fresh: PendingCreate = { attempt: attempt.number, prepared, builtAtMs: nowMs, outcomeUnknown: false };
    this.#pending.set(uid, fresh);
    return await this.#send(pod, uid, fresh);
  }

  /** The start time is written with the first outcome, whatever that is: one before our own start is not ours. */
  #wasAcceptedEarlier(pod: Pod): boolean {
    return Date.parse(pod.status?.startTime ?? '') <= this.#startedAtMs;
  }

  #pendingFor(uid: string, attempt: number, nowMs: number): PendingCreate | undefined {
    const pending = this.#pending.get(uid);
    if (pending === undefined) return undefined;
    if (pending.attempt === attempt) return pending;
    if (pending.outcomeUnknown && nowMs - pending.builtAtMs < REQUEST_LIFETIME_MS) return pending;
    this.#pending.delete(uid);
    return undefined;
  }

  async #send(pod: Pod, uid: string, pending: PendingCreate): Promise<CreateOutcome> {
    const { ports, config, store, feed } = this.#options;
    const { request, notes, conditions, tokenExpiresAtMs } = pending.prepared;
    store.mayExist(uid);
    let answer: { containerGroupId: string; requestId: string };
    try {
      answer = await ports.eci.createContainerGroup(request);
    } catch (error) {
      feed.creations.failed(error, ports.clock.nowMs());
      return await this.#failed(uid, pending, error);
    }
    feed.creations.accepted();
    this.#forget(uid);
    store.enter(
      {
        uid,
        namespace: pod.metadata?.namespace ?? '',
        name: pod.metadata?.name ?? '',
        instanceId: answer.containerGroupId,
        nodeName: nodeTagValue(config.nodeName),
      },
      {
        acceptedAtMs: ports.clock.nowMs(),
        observedAtMs: ports.clock.nowMs(),
        hasInitContainers: (request.initContainer ?? []).length > 0,
        createConditions: conditions,
      },
    );
    feed.expedite();
    const size = request.instanceType ?? `${request.cpu} vCPU, ${request.memory} GiB`;
    return {
      kind: 'created',
      instanceId: answer.containerGroupId,
      annotations: {
        ...createdAnnotations(request, answer, tokenExpiresAtMs),
        [PLACED_IN_ANNOTATION]: placedIn({ regionId: config.regionId, accountId: ports.accountId?.() }),
        ...heldAnnotation(pending.prepared, answer.containerGroupId, pending.builtAtMs),
      },
      conditions,
      notes: [
        ...notes,
        {
          type: 'Normal',
          reason: 'ProviderCreateSuccess',
          message: `ECI accepted container group ${answer.containerGroupId} (${size})`,
        },
      ],
    };
  }

  async #failed(uid: string, pending: PendingCreate, error: unknown): Promise<CreateOutcome> {
    const cloud = cloudErrorOf(error);
    if (cloud !== undefined && isClientTokenReused(cloud)) return await this.#tokenReused(uid, cloud);
    const matched = matchedCache(pending.prepared);
    if (cloud !== undefined && matched !== undefined && isImageCacheRefused(cloud)) {
      this.#pending.delete(uid);
      throw new MatchedCacheRefused(matched, cloud);
    }
    if (classify(error) === 'transient') {
      // What did not come from the cloud at all may have happened after sending.
      if (cloud === undefined || outcomeUnknown(error)) {
        pending.outcomeUnknown = true;
        this.#unsure.add(uid);
      }
      throw error;
    }
    this.#pending.delete(uid);
    throw error;
  }

  /**
   * Another process sent this attempt with other parameters, for example an older token file: take over what it made.
   * @throws EciKubeletError `Eci.CreatedUnseen`, to be tried again, while this credential sees no group at all: then not to find
   * one proves nothing, and a new attempt could make a second.
   */
  async #tokenReused(uid: string, error: AlibabaCloudError): Promise<CreateOutcome> {
    const { store, feed } = this.#options;
    this.#unsure.add(uid);
    await feed.findByUid(uid);
    const found = store.get(uid);
    if (found !== undefined) return this.#adopt(uid, found);
    this.#pending.delete(uid);
    if (!feed.seesGroups()) {
      // Without the refusal as its cause, by which it would be classified.
      throw new EciKubeletError(
        'Eci.CreatedUnseen',
        'An earlier process asked for the container group of this Pod, and no container group can be seen; is eci:DescribeContainerGroups allowed?',
      );
    }
    throw new AlibabaCloudError({
      code: error.code,
      message: 'The client token of this attempt was used before with other parameters, and nothing was created by it.',
      action: error.action,
      ...(error.httpStatus === undefined ? {} : { httpStatus: error.httpStatus }),
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    });
  }

  /** @param tokenExpiresAtMs what the request said that made it, where this process has sent it. */
  #adopt(uid: string, found: StoredInstance, tokenExpiresAtMs?: number): CreateOutcome {
    this.#forget(uid);
    return adopted(found, tokenExpiresAtMs);
  }

  #forget(uid: string): void {
    this.#pending.delete(uid);
    this.#unsure.delete(uid);
  }
}

/** @returns the image cache that was looked up, as opposed to one that the Pod names. */
function matchedCache({ request, intent }: PreparedCreate): string | undefined {
  const { imageCachePerfectMatch, imageCacheMatchCount } = intent.local;
  return imageCachePerfectMatch || imageCacheMatchCount !== undefined ? request.imageSnapshotId : undefined;
}

/** Only Pods that were there before this process can have a group of another program. */
function isOlderThan(pod: Pod, timeMs: number): boolean {
  return !(Date.parse(pod.metadata?.creationTimestamp ?? '') > timeMs);
}

/** Only where something ends: most Pods have nothing to be renewed, and carry no annotation about it. */
function heldAnnotation(
  { request, credentials, intent }: PreparedCreate,
  containerGroupId: string,
  nowMs: number,
): Record<string, string> {
  if (credentials.expiresAtMs === undefined) return {};
  const held = heldCredentials(containerGroupId, {
    credentials: request.imageRegistryCredential ?? [],
    hosts: credentials.hosts,
    entries: intent.acrEntries,
    nowMs,
  });
  return { [HELD_CREDENTIALS_ANNOTATION]: writeHeldCredentials(held) };
}

/** @throws EciKubeletError `Eci.DeletionInProgress`, to be tried again, while an earlier group is being deleted. */
function adopted({ instance, deletingSinceMs }: StoredInstance, tokenExpiresAtMs?: number): CreateOutcome {
  const { instanceId } = instance;
  if (deletingSinceMs !== undefined) {
    throw new EciKubeletError(
      'Eci.DeletionInProgress',
      `container group ${instanceId} of this Pod is still being deleted`,
    );
  }
  return {
    kind: 'created',
    instanceId,
    annotations: { [INSTANCE_ID_ANNOTATION]: instanceId, ...tokenExpiryAnnotation(tokenExpiresAtMs) },
    conditions: [],
    notes: [
      {
        type: 'Normal',
        reason: 'ProviderAdopted',
        message: `container group ${instanceId} existed already and was taken over`,
      },
    ],
  };
}
