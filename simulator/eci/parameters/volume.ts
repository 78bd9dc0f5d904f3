import { choice, flag, group, integer, list, required, text } from './grammar.ts';
import type { Read } from './grammar.ts';

/** A volume. Modes are octal digits in an integer. Source: ECI API reference, CreateContainerGroup. */
export const volume = group({
  Name: required(text({ min: 1, max: 128 })),
  Type: required(
    choice('EmptyDirVolume', 'ConfigFileVolume', 'NFSVolume', 'FlexVolume', 'HostPathVolume', 'DiskVolume'),
  ),
  EmptyDirVolume: group({ Medium: choice('', 'Memory', 'LocalRaid0'), SizeLimit: text() }),
  ConfigFileVolume: group({
    DefaultMode: integer(0, 777),
    ConfigFileToPath: list(
      group({
        Path: required(text({ min: 1 })),
        Content: text({ max: 1_000_000, pattern: /^[A-Za-z0-9+/]*={0,2}$/ }),
        Mode: integer(0, 777),
      }),
      90,
    ),
  }),
  NFSVolume: group({ Server: required(text({ min: 1 })), Path: required(text({ min: 1 })), ReadOnly: flag() }),
  FlexVolume: group({ Driver: required(text({ min: 1 })), FsType: text(), Options: text() }),
  HostPathVolume: group({ Path: required(text({ min: 1 })), Type: choice('Directory', 'File') }),
  DiskVolume: group({ DiskId: text(), DiskSize: integer(), FsType: text() }),
});

/** A volume as requested. */
export type RequestedVolume = Read<typeof volume>;
