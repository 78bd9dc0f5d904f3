import type { ConfigFileToPath, VolumeRequest } from '../../alibaba/eci-requests.ts';
import type { Pod, Volume } from '../../kube/types.ts';
import { octalDigits } from './file-mode.ts';

/** Mode of files in a projected volume unless it says otherwise: 0644. */
const DEFAULT_MODE = 0o644;

/** FlexVolume drivers that the service implements itself. Source: ECI API reference, FlexVolume.Driver. */
export const flexDrivers: ReadonlySet<string> = new Set(['alicloud/disk', 'alicloud/nas', 'alicloud/oss']);

/** Files of projected volumes by volume name, read beforehand. */
export type ProjectedFiles = ReadonlyMap<string, readonly ConfigFileToPath[]>;

/**
 * Translates the volumes that some container mounts; one that nobody mounts needs not exist. Types that ECI cannot have are
 * left out: admission holds Pods that use them.
 */
export function translateVolumes(pod: Pod, files: ProjectedFiles): VolumeRequest[] {
  const mounted = new Set(
    [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].flatMap((container) =>
      (container.volumeMounts ?? []).map((mount) => mount.name),
    ),
  );
  return (pod.spec?.volumes ?? [])
    .filter((volume) => mounted.has(volume.name))
    .map((volume) => translateVolume(volume, files))
    .filter((volume) => volume !== undefined);
}

function translateVolume(volume: Volume, files: ProjectedFiles): VolumeRequest | undefined {
  const { name, emptyDir, nfs, projected, flexVolume, hostPath } = volume;
  if (emptyDir !== undefined) {
    const { medium, sizeLimit } = emptyDir;
    return {
      name,
      type: 'EmptyDirVolume',
      emptyDirVolume: { ...(medium ? { medium } : {}), ...(sizeLimit === undefined ? {} : { sizeLimit }) },
    };
  }
  if (nfs !== undefined) {
    const { server, path, readOnly } = nfs;
    return { name, type: 'NFSVolume', nfsVolume: { server, path, ...(readOnly === undefined ? {} : { readOnly }) } };
  }
  if (projected !== undefined) {
    const configFileToPath = [...(files.get(name) ?? [])];
    // A mount needs its volume; a list of no files is not one that the service takes.
    if (configFileToPath.length === 0) return { name, type: 'EmptyDirVolume', emptyDirVolume: {} };
    const defaultMode = octalDigits(projected.defaultMode ?? DEFAULT_MODE);
    return { name, type: 'ConfigFileVolume', configFileVolume: { defaultMode, configFileToPath } };
  }
  if (flexVolume !== undefined && flexDrivers.has(flexVolume.driver)) {
    const { driver, fsType, options } = flexVolume;
    return {
      name,
      type: 'FlexVolume',
      flexVolume: {
        driver,
        ...(fsType === undefined ? {} : { fsType }),
        ...(options === undefined ? {} : { options: JSON.stringify(options) }),
      },
    };
  }
  if (hostPath !== undefined) {
    // Only a data cache appears at a host path; `Directory` and `File` are the types that the service knows.
    const type = hostPath.type?.startsWith('File') === true ? 'File' : 'Directory';
    return { name, type: 'HostPathVolume', hostPathVolume: { path: hostPath.path, type } };
  }
  return undefined;
}
