import type { Pod } from '../../kube/types.ts';
import type { PodInstance } from '../pod-provider.ts';

/** The Pods of our node, from the cache of the API server, and their instances. Nothing of other nodes is in it. */
export interface PodLookup {
  hasSynced(): boolean;
  list(): readonly Pod[];
  byName(namespace: string, name: string): Pod | undefined;
  byUid(uid: string): Pod | undefined;
  /** What the cloud shows of us. */
  instances(): readonly PodInstance[];
}

/** Builds `/pods`: the Pods as the API server knows them. Pure. */
export function podList(pods: readonly Pod[]): object {
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods };
}

/** Builds `/runningpods`: what the cloud runs, whether or not the API server knows of it. Pure. */
export function runningPodList(instances: readonly PodInstance[]): object {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: instances
      .filter(({ phase }) => phase === 'running')
      .map(({ uid, namespace, name, containers = [] }) => ({
        metadata: { name, namespace, uid },
        spec: {
          containers: containers.map(({ name, image = '' }) => ({ name, image, resources: {} })),
        },
        status: {},
      })),
  };
}
