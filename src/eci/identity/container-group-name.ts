import { createHash } from 'node:crypto';

/** Names must be 2 to 128 characters of `[a-z0-9-]`, not at the ends `-`. Source: ECI API reference, CreateContainerGroup. */
const MAX_NAME_LENGTH = 128;
/** 40 bits: enough that two Pods of one cluster never share a name by accident. */
const HASH_LENGTH = 10;

/** Whose container group is to be named. */
export interface NamedPod {
  clusterId: string;
  namespace: string;
  name: string;
  uid: string;
  /** The annotation `eci-fixed-ip` was set. */
  fixedIp: boolean;
}

/**
 * Derives the ContainerGroupName: readable first, unique by a short hash.
 *
 * The hash is of the Pod UID, so that a StatefulSet Pod and its successor of the same name can exist side by side. With a
 * fixed IP it is of cluster, namespace and name instead, because the service returns a kept address only to a group of the
 * same name. Source: ECI API reference, FixedIp.
 */
export function containerGroupName(pod: NamedPod): string {
  const identity = pod.fixedIp ? `${pod.clusterId}/${pod.namespace}/${pod.name}` : pod.uid;
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, HASH_LENGTH);
  const readable = `${pod.namespace}-${pod.name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, MAX_NAME_LENGTH - HASH_LENGTH - 1)
    .replaceAll(/^-+|-+$/g, '');
  return readable === '' ? hash : `${readable}-${hash}`;
}
