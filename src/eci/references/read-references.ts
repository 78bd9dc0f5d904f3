import { isForbidden } from '../../kube/errors.ts';
import type { Pod, Service } from '../../kube/types.ts';
import type { EciProviderConfig, ReferencePort } from '../types.ts';
import { configMapEntries, secretEntries } from './data-entries.ts';
import { referencedObjects } from './referenced-objects.ts';
import { objectKey } from './references.ts';
import type { DataEntries, Read, References } from './references.ts';

/**
 * A Pod sees what was written before it was created, as on an ordinary node: people change a ConfigMap and restart what uses it.
 * Times of creation are whole seconds, of another clock: what was read earlier than this after them is not taken from memory.
 */
const FRESHNESS_MARGIN_MS = 2000;

/**
 * Reads everything that a Pod refers to, by name, all of it at the same time; tokens excepted, which are made last. What does not
 * exist or may not be read is part of the answer. For an update, whose containers start now, everything is read now.
 * @throws KubeApiError when the API server does not answer, or not usefully: then nothing is known of the object.
 */
export async function readReferences(
  pod: Pod,
  port: ReferencePort,
  options: Pick<EciProviderConfig, 'serviceVariables' | 'apiServer'> & { nowMs: number; purpose: 'create' | 'update' },
): Promise<References> {
  const objects = referencedObjects(pod);
  const { namespace } = objects;
  const notBeforeMs = options.purpose === 'update' ? options.nowMs : freshEnough(pod);
  const secretsOf = (names: readonly { namespace: string; name: string }[]): Promise<[string, Read<DataEntries>][]> =>
    all(names, async (secret) => [
      objectKey(secret.namespace, secret.name),
      await read(port.secret(secret.namespace, secret.name, notBeforeMs), secretEntries),
    ]);
  const [configMaps, secrets, services, claims] = await Promise.all([
    all(objects.configMaps, async (name) => [
      objectKey(namespace, name),
      await read(port.configMap(namespace, name, notBeforeMs), configMapEntries),
    ]),
    secretsOf(objects.secrets.map((name) => ({ namespace, name }))),
    readServices(port, { namespace, notBeforeMs, links: objects.services, config: options }),
    all(objects.claims, async (name) => [
      name,
      await read(port.persistentVolumeClaim(namespace, name, notBeforeMs), (claim) => claim),
    ]),
  ]);
  const volumeNames = claims.flatMap(([, claim]) =>
    claim.kind === 'found' && claim.value.spec?.volumeName ? [claim.value.spec.volumeName] : [],
  );
  const volumes = await all([...new Set(volumeNames)], async (name) => [
    name,
    await read(port.persistentVolume(name, notBeforeMs), (volume) => volume),
  ]);
  const moreSecrets = volumes.flatMap(([, volume]) => {
    const { csi, flexVolume } = volume.kind === 'found' ? (volume.value.spec ?? {}) : {};
    const reference = csi?.nodePublishSecretRef ?? flexVolume?.secretRef;
    return reference?.name ? [{ namespace: reference.namespace ?? namespace, name: reference.name }] : [];
  });
  return {
    configMaps: new Map(configMaps),
    secrets: new Map([...secrets, ...(await secretsOf(moreSecrets))]),
    claims: new Map(claims),
    volumes: new Map(volumes),
    services,
    tokens: new Map(),
  };
}

/** @returns epoch milliseconds; 0 for a Pod without a time of creation, which no API server has. */
function freshEnough(pod: Pod): number {
  const createdAtMs = Date.parse(pod.metadata?.creationTimestamp ?? '');
  return Number.isNaN(createdAtMs) ? 0 : createdAtMs + FRESHNESS_MARGIN_MS;
}

async function readServices(
  port: ReferencePort,
  options: {
    namespace: string;
    notBeforeMs: number;
    links: boolean;
    config: Pick<EciProviderConfig, 'serviceVariables' | 'apiServer'>;
  },
): Promise<readonly Service[]> {
  const { namespace, notBeforeMs, links, config } = options;
  if (!config.serviceVariables) return [];
  const [apiServer, own] = await Promise.all([
    config.apiServer === undefined ? port.service('default', 'kubernetes', notBeforeMs) : undefined,
    links ? port.services(namespace, notBeforeMs) : [],
  ]);
  const others = own.filter(({ metadata }) => apiServer === undefined || metadata?.uid !== apiServer.metadata?.uid);
  return [...(apiServer === undefined ? [] : [apiServer]), ...others];
}

async function read<From, To>(reading: Promise<From | undefined>, convert: (object: From) => To): Promise<Read<To>> {
  try {
    const object = await reading;
    return object === undefined ? { kind: 'missing' } : { kind: 'found', value: convert(object) };
  } catch (error) {
    // A missing right stays missing until somebody grants it; every other failure may pass in a second.
    if (isForbidden(error)) return { kind: 'refused', message: error.message };
    throw error;
  }
}

async function all<Name, Value>(
  names: readonly Name[],
  readOne: (name: Name) => Promise<[string, Value]>,
): Promise<[string, Value][]> {
  return await Promise.all(names.map(readOne));
}
