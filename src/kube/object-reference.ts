/** An object of the cluster that something depends on, as a watch by name would find it. */
export interface ObjectReference {
  kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim' | 'PersistentVolume';
  /** Absent for objects without a namespace. */
  namespace?: string;
  name: string;
  /** Set when the object exists, or may exist, and this key of its data is what is needed. */
  key?: string;
}

/** Names the object in a sentence: `key ca.crt of ConfigMap default/kube-root-ca.crt`. */
export function describeReference({ kind, namespace, name, key }: ObjectReference): string {
  const object = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  return key === undefined ? object : `key ${key} of ${object}`;
}
