import type { ContainerGroup } from '../../alibaba/eci-answers.ts';
import { EciKubeletError } from '../../errors.ts';
import type { Pod } from '../../kube/types.ts';
import { collectPages } from '../feed/collect-pages.ts';
import type { Feed } from '../feed/feed.ts';
import { updateToken } from '../identity/client-token.ts';
import { ownershipTags, tagKeys } from '../identity/ownership-tags.ts';
import type { EciProviderConfig, EciProviderPorts } from '../types.ts';

/** Tags of the open-source provider of 2020. Source: alibabacloud-eci virtual-kubelet provider, `CreatePod`. */
const LEGACY = { uid: 'UID', namespace: 'NameSpace', pod: 'PodName' } as const;

const LIMIT = 20;

/**
 * Takes over the group that the old open-source provider made for a Pod. It is given our tags, by which it is found from then on
 * as if we had made it; its own stay.
 */
export class LegacyAdoption {
  readonly #options: { ports: Pick<EciProviderPorts, 'eci' | 'log'>; config: EciProviderConfig; feed: Feed };

  constructor(options: { ports: Pick<EciProviderPorts, 'eci' | 'log'>; config: EciProviderConfig; feed: Feed }) {
    this.#options = options;
  }

  /** Looks for a group of the Pod, and tags it. @throws what the calls throw: then nothing is known and nothing may be created. */
  async adopt(pod: Pod): Promise<void> {
    const { ports, config, feed } = this.#options;
    const { uid = '', namespace = '', name = '' } = pod.metadata ?? {};
    const groups = await collectPages((nextToken) =>
      ports.eci.describeContainerGroups({
        tag: [{ key: LEGACY.uid, value: uid }],
        limit: LIMIT,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    const [group] = groups.filter((candidate) => isOf(candidate, namespace, name));
    if (group === undefined) return;
    const owner = { ...config, namespace, podName: name, uid };
    await ports.eci.updateContainerGroup({
      containerGroupId: group.containerGroupId,
      clientToken: updateToken(uid, 0, 1),
      updateType: 'IncrementalUpdate',
      tag: ownershipTags(owner),
    });
    ports.log.info('took over a container group of the old provider', {
      pod: `${namespace}/${name}`,
      containerGroupId: group.containerGroupId,
    });
    const found = await feed.findByUid(uid);
    if (found.length > 0) return;
    // Tagged and not yet shown by the tags: to go on would make a second one.
    const message = `container group ${group.containerGroupId} of the old provider was given our tags and is not found by them yet`;
    throw new EciKubeletError('Eci.AdoptedUnseen', message);
  }
}

/**
 * The UID alone would do; a group whose names differ was tagged by somebody else. One with our tags was made by us: its other tags are
 * what the author of its Pod wrote, who could so put a group of their own in the place of somebody else's.
 */
function isOf({ tags, status }: ContainerGroup, namespace: string, name: string): boolean {
  const tag = (key: string): string | undefined => tags.find((candidate) => candidate.key === key)?.value;
  if (tag(tagKeys.uid) !== undefined) return false;
  return tag(LEGACY.namespace) === namespace && tag(LEGACY.pod) === name && status !== 'ScheduleFailed';
}
