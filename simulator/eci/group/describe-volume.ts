import type { RequestedVolume } from '../parameters/volume.ts';

/** Renders a volume: its members are flat names. Contents of configuration files may be secret and are left out. */
export function describeVolume(volume: RequestedVolume): Record<string, unknown> {
  const { Name, Type, EmptyDirVolume, ConfigFileVolume, NFSVolume, FlexVolume, DiskVolume } = volume;
  return {
    Name,
    Type,
    ...(EmptyDirVolume === undefined
      ? {}
      : {
          EmptyDirVolumeMedium: EmptyDirVolume.Medium ?? '',
          EmptyDirVolumeSizeLimit: EmptyDirVolume.SizeLimit ?? '',
        }),
    ...(ConfigFileVolume === undefined
      ? {}
      : {
          ConfigFileVolumeConfigFileToPaths: (ConfigFileVolume.ConfigFileToPath ?? []).map(({ Path }) => ({ Path })),
        }),
    ...(NFSVolume === undefined
      ? {}
      : {
          NFSVolumeServer: NFSVolume.Server,
          NFSVolumePath: NFSVolume.Path,
          NFSVolumeReadOnly: NFSVolume.ReadOnly ?? false,
        }),
    ...(FlexVolume === undefined
      ? {}
      : {
          FlexVolumeDriver: FlexVolume.Driver,
          FlexVolumeFsType: FlexVolume.FsType ?? 'ext4',
          FlexVolumeOptions: FlexVolume.Options ?? '',
        }),
    ...(DiskVolume === undefined
      ? {}
      : { DiskVolumeDiskId: DiskVolume.DiskId ?? '', DiskVolumeFsType: DiskVolume.FsType ?? 'ext4' }),
  };
}
