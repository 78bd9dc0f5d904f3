import type { VolumeRequest } from '../../alibaba/eci-requests.ts';
import type { Volume } from '../../kube/types.ts';
import type { Text } from '../../secret.ts';
import { mountedVolumes } from '../references/mounted-volumes.ts';
import { claimedVolume } from './claimed-volume.ts';
import { configFiles } from './config-files.ts';
import { csiDrivers, csiVolume } from './csi-volume.ts';
import { oversizedFiles } from './file-limits.ts';
import { octalDigits } from './file-mode.ts';
import { flexDrivers, flexVolume } from './flex-volume.ts';
import { secretOptions } from './secret-options.ts';
import type { VolumeContext, VolumePlace } from './volume-context.ts';

/** Mode of files unless they say otherwise: 0644. Source: Kubernetes API reference, ConfigMapVolumeSource. */
const DEFAULT_MODE = 0o644;

/** The volumes of a request, and which of them nobody may write. */
export interface TranslatedVolumes {
  volumes: VolumeRequest[];
  /** Names of volumes that are read-only whatever their mounts say. */
  readOnly: ReadonlySet<string>;
}

/**
 * Translates the volumes that some container mounts; one that nobody mounts needs not exist. Types that ECI cannot have are
 * left out: admission holds Pods that use them.
 */
export function translateVolumes(context: VolumeContext): TranslatedVolumes {
  const readOnly = new Set<string>();
  const volumes = mountedVolumes(context.pod).flatMap(({ volume, path }): VolumeRequest[] => {
    const translated = translateVolume(volume, { name: volume.name, path }, context);
    if (translated?.readOnly === true) readOnly.add(volume.name);
    return translated === undefined ? [] : [translated.request];
  });
  for (const problem of oversizedFiles(volumes)) context.findings.problem(problem);
  return { volumes, readOnly };
}

function translateVolume(
  volume: Volume,
  place: VolumePlace,
  context: VolumeContext,
): { request: VolumeRequest; readOnly?: boolean } | undefined {
  const { name, emptyDir, nfs, hostPath, csi, persistentVolumeClaim, ephemeral } = volume;
  if (persistentVolumeClaim !== undefined || ephemeral !== undefined) return claimedVolume(volume, place, context);
  if (csi !== undefined) return inlineCsi(csi, place, context);
  if (volume.flexVolume !== undefined) return inlineFlex(volume.flexVolume, place, context);
  if (emptyDir !== undefined) {
    const { medium, sizeLimit } = emptyDir;
    const emptyDirVolume = { ...(medium ? { medium } : {}), ...(sizeLimit === undefined ? {} : { sizeLimit }) };
    return { request: { name, type: 'EmptyDirVolume', emptyDirVolume } };
  }
  if (nfs !== undefined) {
    const { server, path, readOnly } = nfs;
    const nfsVolume = { server, path, ...(readOnly === undefined ? {} : { readOnly }) };
    return { request: { name, type: 'NFSVolume', nfsVolume } };
  }
  if (hostPath !== undefined) {
    // Only a data cache appears at a host path; `Directory` and `File` are the types that the service knows.
    const type = hostPath.type?.startsWith('File') === true ? 'File' : 'Directory';
    return { request: { name, type: 'HostPathVolume', hostPathVolume: { path: hostPath.path, type } } };
  }
  const config = configFiles(volume, place.path, context);
  if (config === undefined) return undefined;
  const { files, defaultMode = DEFAULT_MODE } = config;
  // A mount needs its volume; a list of no files is not one that the service takes.
  if (files.length === 0) return { request: { name, type: 'EmptyDirVolume', emptyDirVolume: {} } };
  const configFileVolume = { defaultMode: octalDigits(defaultMode), configFileToPath: files };
  return { request: { name, type: 'ConfigFileVolume', configFileVolume } };
}

function inlineCsi(
  { driver, fsType, readOnly = false, volumeAttributes = {}, nodePublishSecretRef }: NonNullable<Volume['csi']>,
  place: VolumePlace,
  context: VolumeContext,
): { request: VolumeRequest; readOnly: boolean } | undefined {
  if (!csiDrivers.has(driver)) return undefined;
  const namespace = context.pod.metadata?.namespace ?? '';
  const request = csiVolume(
    {
      driver,
      attributes: volumeAttributes,
      ...(fsType === undefined ? {} : { fsType }),
      ...(nodePublishSecretRef === undefined
        ? {}
        : { secretRef: { namespace, name: nodePublishSecretRef.name ?? '' } }),
    },
    { ...place, path: `${place.path}.csi` },
    context,
  );
  return request === undefined ? undefined : { request, readOnly };
}

function inlineFlex(
  { driver, fsType, readOnly = false, options, secretRef }: NonNullable<Volume['flexVolume']>,
  { name }: VolumePlace,
  context: VolumeContext,
): { request: VolumeRequest; readOnly: boolean } | undefined {
  if (!flexDrivers.has(driver)) return undefined;
  const namespace = context.pod.metadata?.namespace ?? '';
  const secrets = secretRef === undefined ? [] : secretOptions({ namespace, name: secretRef.name ?? '' }, context);
  const all = new Map<string, Text>([...Object.entries(options ?? {}), ...secrets]);
  const request = flexVolume(name, { driver, ...(fsType === undefined ? {} : { fsType }), options: all });
  return { request, readOnly };
}
