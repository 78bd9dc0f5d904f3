import { EciKubeletError } from '../errors.ts';
import type { Pod } from '../kube/types.ts';
import type { PodProvider } from '../node/pod-provider.ts';
import { TOKEN_EXPIRY_ANNOTATION } from '../node/token-expiry.ts';
import { classifyFailure } from './create/classify-failure.ts';
import { Creator } from './create/creator.ts';
import {
  CLIENT_TOKEN_ANNOTATION,
  INSTANCE_ID_ANNOTATION,
  REQUEST_ID_ANNOTATION,
  createdInstanceId,
  missingAnnotations,
} from './create/written-annotations.ts';
import { Remover } from './delete/remover.ts';
import type { Feed } from './feed/feed.ts';
import { createSharedFeed } from './feed/shared-feed.ts';
import type { SharedFeed } from './feed/shared-feed.ts';
import { isElsewhere, PLACED_IN_ANNOTATION, placedIn, placeOf } from './identity/placed-in.ts';
import type { CloudPlace } from './identity/placed-in.ts';
import { nodeTagValue } from './identity/ownership-tags.ts';
import { changedAnnotations } from './update/changed-annotations.ts';
import { Updater } from './update/updater.ts';
import { isEciInstance } from './instance/eci-instance.ts';
import { CredentialRenewal } from './renewal/credential-renewal.ts';
import { HELD_CREDENTIALS_ANNOTATION } from './renewal/held-credentials.ts';
import { placementFailure } from './placement/placement-failure.ts';
import { mapPodStatus } from './status/map-pod-status.ts';
import type { EciProviderConfig, EciProviderPorts, PollIntervals } from './types.ts';

/**
 * Connects the parts of the ECI provider: the store of known container groups, the feed that keeps it in step with the cloud,
 * and the creator. What is pure lives in the folders beside; this file only decides who is asked.
 */
export function createEciProvider(options: {
  ports: EciProviderPorts;
  config: EciProviderConfig;
  polling: PollIntervals;
  /** The feed of several nodes, this one among them; one of its own when absent. */
  shared?: SharedFeed;
}): PodProvider {
  const { ports, config, polling } = options;
  const { clock } = ports;
  const { clusterId, nodeName } = config;
  const { store, feed } = options.shared ?? createSharedFeed({ ports, clusterId, nodeNames: [nodeName], polling });
  const asApplied = (pod: Pod): Pod => ports.profile?.asApplied(pod) ?? pod;
  const ownTag = nodeTagValue(nodeName);
  const creator = new Creator({ ports, config, store, feed });
  const remover = new Remover({ ports, store, feed, creator });
  const renewal = new CredentialRenewal({ ports, store, nodeName, hasSynced: () => feed.hasSynced() });
  const updater = new Updater({ ports, config, store, feed });

  /** Where the groups of Pods were made that an earlier process had created. */
  const places = new Map<string, CloudPlace>();
  const here = (): CloudPlace => ({ regionId: config.regionId, accountId: ports.accountId?.() });
  const elsewhere = (uid: string): CloudPlace | undefined => {
    const place = places.get(uid);
    return place !== undefined && isElsewhere(place, here()) ? place : undefined;
  };

  return {
    run: async (signal, pods) => {
      const renewing = pods === undefined ? undefined : renewal.run(signal, pods);
      await Promise.all([feed.run(signal), renewing]);
    },
    hasSynced: () => feed.hasSynced(),
    health: () => feed.health(),
    onChange: (listener) => store.onChange(listener),
    get: (uid) => store.get(uid)?.instance,
    list: () =>
      store
        .all()
        .map((entry) => entry.instance)
        .filter((instance) => instance.nodeName === ownTag),
    // Not to be found here says nothing about a group that was made somewhere else.
    isVerifiedAbsent: (uid) => store.isAbsent(uid) && elsewhere(uid) === undefined,

    createdInstanceId: (pod) => {
      const id = createdInstanceId(pod);
      const uid = pod.metadata?.uid;
      const place = placeOf(pod);
      if (id !== undefined && uid !== undefined && place !== undefined) places.set(uid, place);
      const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      // A claim that the listing does not confirm is followed up, so that a lost instance is noticed after a restart.
      if (id !== undefined && uid !== undefined && !finished) {
        store.suspect(uid, { containerGroupId: id, nowMs: clock.nowMs(), deleting: false });
      }
      return id;
    },
    missingAnnotations: (pod, instance) => (isEciInstance(instance) ? missingAnnotations(pod, instance) : undefined),

    instanceAnnotations: [
      INSTANCE_ID_ANNOTATION,
      PLACED_IN_ANNOTATION,
      CLIENT_TOKEN_ANNOTATION,
      REQUEST_ID_ANNOTATION,
      HELD_CREDENTIALS_ANNOTATION,
      TOKEN_EXPIRY_ANNOTATION,
    ],

    failsFast: (pod) => {
      const parsed = ports.parseAnnotations(asApplied(pod).metadata?.annotations ?? {}, {});
      return parsed.ok && parsed.intent.local.failStrategy === 'fail-fast';
    },

    create: (pod, attempt) => creator.create(pod, attempt),

    update: (pod, request) => updater.update(pod, request),

    readAtCreation: changedAnnotations,

    onInstanceEvent: (listener) => feed.onEvent(listener),

    delete: async (uid, { force }) => {
      const place = store.get(uid) === undefined ? elsewhere(uid) : undefined;
      if (place !== undefined) {
        const message = `the container group was made in ${placedIn(place)}, and this process works in ${placedIn(here())}`;
        throw new EciKubeletError('Eci.OtherRegionOrAccount', message);
      }
      const accepted = await remover.delete(uid, force);
      places.delete(uid);
      return accepted;
    },

    status: (pod, instance, nowMs) =>
      isEciInstance(instance) ? mapPodStatus({ pod, instance, hostIp: config.hostIp, nowMs }) : (pod.status ?? {}),

    classify: classifyFailure,

    placementFailure: async (pod, instance) => {
      const created = isEciInstance(instance)
        ? mapPodStatus({ pod, instance, hostIp: config.hostIp, nowMs: clock.nowMs() }).conditions?.find(
            ({ type }) => type === 'ContainerInstanceCreated',
          )
        : undefined;
      const known = isEciInstance(instance) ? instance.facts.vSwitchId : undefined;
      const vSwitchId = known ?? (await whereTried(feed, instance.instanceId));
      return placementFailure(instance.instanceId, { created, vSwitchId });
    },
  };
}

/** The status action does not tell the vSwitch. An order of vSwitches is not worth a failed replacement: not to know is fine. */
async function whereTried(feed: Pick<Feed, 'findById'>, containerGroupId: string): Promise<string | undefined> {
  try {
    return (await feed.findById(containerGroupId))?.vSwitchId;
  } catch {
    return undefined;
  }
}
