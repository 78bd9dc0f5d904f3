import type { Tag } from '../../alibaba/eci-requests.ts';

/** At most this many tags on one resource. Source: ECI API reference, Tag.N. */
const MAX_TAGS = 20;
const MAX_VALUE_LENGTH = 128;

/** Keys of the tags that say whose a container group is. Only `cluster`, `node` and `uid` are used for decisions. */
export const tagKeys = {
  cluster: 'eci-kubelet-cluster',
  node: 'eci-kubelet-node',
  namespace: 'eci-kubelet-namespace',
  pod: 'eci-kubelet-pod',
  /** The rest of a Pod name that is longer than a tag value. */
  podRest: 'eci-kubelet-pod-rest',
  uid: 'eci-kubelet-uid',
  version: 'eci-kubelet-version',
} as const;

/** Whose container group is to be tagged, and by whom. */
export interface Ownership {
  clusterId: string;
  nodeName: string;
  namespace: string;
  podName: string;
  uid: string;
  productVersion: string;
}

/**
 * Lists the tags of a container group: ours first, then the user's. A user tag never overrides one of ours, and those
 * beyond the service's limit of 20 are left out.
 */
export function ownershipTags(owner: Ownership, userTags: readonly Tag[] = []): Tag[] {
  const own: Tag[] = [
    ...nodeTags(owner),
    { key: tagKeys.namespace, value: owner.namespace },
    ...podNameTags(owner.podName),
    { key: tagKeys.uid, value: owner.uid },
    { key: tagKeys.version, value: owner.productVersion },
  ];
  // Also those that this Pod has no need of: read back, they would be taken for ours.
  const taken = new Set<string>([...Object.values(tagKeys), ...own.map((tag) => tag.key)]);
  const added: Tag[] = [];
  for (const tag of userTags) {
    if (taken.has(tag.key)) continue;
    taken.add(tag.key);
    added.push({ key: tag.key, value: tag.value });
  }
  return [...own, ...added].slice(0, MAX_TAGS);
}

/** The tags by which every container group of one virtual node is found. */
export function nodeTags(node: { clusterId: string; nodeName: string }): Tag[] {
  return [
    { key: tagKeys.cluster, value: node.clusterId },
    { key: tagKeys.node, value: nodeTagValue(node.nodeName) },
  ];
}

/**
 * The tags by which the container groups of several virtual nodes are found with one question: those of the one node, or of the
 * whole cluster. What belongs to nodes of other processes has to be left out of the answer ({@link ownedNode}).
 */
export function feedTags(nodes: { clusterId: string; nodeNames: readonly string[] }): Tag[] {
  const [only, ...others] = nodes.nodeNames;
  if (only !== undefined && others.length === 0) return nodeTags({ clusterId: nodes.clusterId, nodeName: only });
  return [{ key: tagKeys.cluster, value: nodes.clusterId }];
}

/** Reads which node made a group. @returns the name as {@link nodeTagValue} shortens it; undefined for groups without the tag. */
export function ownedNode(tags: readonly Tag[]): string | undefined {
  return tags.find((tag) => tag.key === tagKeys.node)?.value;
}

/** A node's name as it stands in tags. */
export function nodeTagValue(nodeName: string): string {
  return nodeName.slice(0, MAX_VALUE_LENGTH);
}

/** The tags by which every container group of one Pod is found, whichever node made it. */
export function podTags(pod: { clusterId: string; uid: string }): Tag[] {
  return [
    { key: tagKeys.cluster, value: pod.clusterId },
    { key: tagKeys.uid, value: pod.uid },
  ];
}

/** Reads the whole Pod name from tags; empty for groups without them. */
export function ownedPodName(tags: readonly Tag[]): string {
  return [tagKeys.pod, tagKeys.podRest].map((key) => tags.find((tag) => tag.key === key)?.value ?? '').join('');
}

/** Reads the Pod UID from tags, provided that the cluster is ours. @returns undefined for groups of somebody else. */
export function ownedUid(tags: readonly Tag[], clusterId: string): string | undefined {
  const value = (key: string) => tags.find((tag) => tag.key === key)?.value;
  if (value(tagKeys.cluster) !== clusterId) return undefined;
  const uid = value(tagKeys.uid);
  return uid === '' ? undefined : uid;
}

/** Names have up to 253 characters. A shortened one would name another Pod when somebody asks whether this one still exists. */
function podNameTags(podName: string): Tag[] {
  const rest = podName.slice(MAX_VALUE_LENGTH);
  return [
    { key: tagKeys.pod, value: podName.slice(0, MAX_VALUE_LENGTH) },
    ...(rest === '' ? [] : [{ key: tagKeys.podRest, value: rest }]),
  ];
}
