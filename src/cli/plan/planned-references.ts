import { containersOf, mountedVolumes } from '../../eci/references/mounted-volumes.ts';
import { referencedObjects } from '../../eci/references/referenced-objects.ts';
import { objectKey, tokenKey } from '../../eci/references/references.ts';
import type { DataEntries, DataEntry, Read, References } from '../../eci/references/references.ts';
import type { Pod } from '../../kube/types.ts';
import { Secret } from '../../secret.ts';

/** Stands for the keys that a plan cannot know, where all of them are taken. */
const OTHER_KEYS = '(every other key)';

/**
 * Stands in for what a Pod refers to, so that a plan needs no cluster: everything exists, and each value says where it would come
 * from. Claims are left open, because the volume behind one decides what is sent.
 */
export function plannedReferences(pod: Pod): References {
  const { namespace, configMaps, secrets, tokens } = referencedObjects(pod);
  const keys = namedKeys(pod);
  const standIns = (kind: 'ConfigMap' | 'Secret', names: readonly string[]): Map<string, Read<DataEntries>> =>
    new Map(
      names.map((name) => {
        const named = [...(keys.get(`${kind} ${name}`) ?? []), OTHER_KEYS];
        const entries = new Map(named.map((key) => [key, standIn(kind, name, key)]));
        return [objectKey(namespace, name), { kind: 'found', value: entries }];
      }),
    );
  return {
    configMaps: standIns('ConfigMap', configMaps),
    secrets: standIns('Secret', secrets),
    claims: new Map(),
    volumes: new Map(),
    services: [],
    tokens: new Map(
      tokens.map(({ volume, path }) => [tokenKey(volume, path), { token: new Secret('(token)'), expiresAtMs: 0 }]),
    ),
  };
}

/** Says in one line what would be read of the cluster. @returns undefined when it is nothing. */
export function describeReferences(pod: Pod, options: { serviceVariables: boolean }): string | undefined {
  const { namespace, configMaps, secrets, claims, tokens, services } = referencedObjects(pod);
  const listed = (kind: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${kind} ${names.join(', ')}`];
  const parts = [
    ...listed('ConfigMaps', configMaps),
    ...listed('Secrets', secrets),
    ...listed('PersistentVolumeClaims', claims),
    ...listed(
      'tokens for',
      tokens.map(({ audience = 'the API server' }) => audience),
    ),
    ...(services && options.serviceVariables ? ['the Services, which become variables'] : []),
  ];
  return parts.length === 0 ? undefined : `Reads at creation, in namespace ${namespace}: ${parts.join('; ')}`;
}

function standIn(kind: 'ConfigMap' | 'Secret', name: string, key: string): DataEntry {
  const text = key === OTHER_KEYS ? '' : `(${key} of ${kind} ${name})`;
  const value = kind === 'Secret' ? new Secret(text) : text;
  return { content: value, variable: { kind: 'text', text: value } };
}

/** The keys that the Pod names, by kind and name of the object. */
function namedKeys(pod: Pod): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  const add = (kind: 'ConfigMap' | 'Secret', name: string | undefined, key: string): void => {
    const object = `${kind} ${name ?? ''}`;
    keys.set(object, (keys.get(object) ?? new Set()).add(key));
  };
  for (const { container } of containersOf(pod)) {
    for (const { valueFrom } of container.env ?? []) {
      const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
      if (configMapKeyRef !== undefined) add('ConfigMap', configMapKeyRef.name, configMapKeyRef.key);
      if (secretKeyRef !== undefined) add('Secret', secretKeyRef.name, secretKeyRef.key);
    }
  }
  for (const { volume } of mountedVolumes(pod)) {
    for (const { key } of volume.configMap?.items ?? []) add('ConfigMap', volume.configMap?.name, key);
    for (const { key } of volume.secret?.items ?? []) add('Secret', volume.secret?.secretName, key);
    for (const key of ['akId', 'akSecret']) add('Secret', volume.csi?.nodePublishSecretRef?.name, key);
    for (const { configMap, secret } of volume.projected?.sources ?? []) {
      for (const { key } of configMap?.items ?? []) add('ConfigMap', configMap?.name, key);
      for (const { key } of secret?.items ?? []) add('Secret', secret?.name, key);
    }
  }
  return keys;
}
