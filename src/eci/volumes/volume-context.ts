import type { FileContext } from './config-files.ts';

/** Everything that volumes are a function of, besides themselves. */
export interface VolumeContext extends FileContext {
  /** Zone of the group where it is certain: a disk of another zone cannot be attached. */
  zoneId?: string;
}

/** Where a volume is written, and what it is called in the request. */
export interface VolumePlace {
  name: string;
  /** Field path, for problems. */
  path: string;
}
