import type { ObjectReference } from './object-reference.ts';
import { resourcePath } from './resource-path.ts';

const resources = {
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  ServiceAccount: 'serviceaccounts',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  PersistentVolume: 'persistentvolumes',
} as const satisfies Record<ObjectReference['kind'], string>;

/** @returns where the object lives: its collection, its name, and both together, which is the same for every key of its data. */
export function referencePath({ kind, namespace, name }: ObjectReference): {
  collection: string;
  name: string;
  key: string;
} {
  const location = { apiVersion: 'v1', resource: resources[kind], ...(namespace === undefined ? {} : { namespace }) };
  return { collection: resourcePath(location), name, key: resourcePath({ ...location, name }) };
}
