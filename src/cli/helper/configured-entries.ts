import type { RegistryEntry } from '../../credential-helper/config/model.ts';
import { personalHosts } from '../../credential-helper/entries/hosts.ts';

/** An entry as it is configured, where no helper says how it is doing. */
export interface ConfiguredEntry {
  position: number;
  /** Absent for Personal Edition. */
  instanceId?: string;
  /** Absent for the region of the cluster, where that is not known. */
  regionId?: string;
  /** Absent when the names come from the cloud. */
  hosts?: readonly string[];
  /** The chain in words. */
  chain?: string;
}

/** Says of an entry what can be said without a helper. @param ownRegion region of the cluster, where it is known. Pure. */
export function configuredEntry(entry: RegistryEntry, ownRegion: string | undefined): ConfiguredEntry {
  const { position, instanceId, domains, regionId = ownRegion } = entry;
  const hosts = domains ?? (instanceId === undefined && regionId !== undefined ? personalHosts(regionId) : undefined);
  return {
    position,
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(regionId === undefined ? {} : { regionId }),
    ...(hosts === undefined ? {} : { hosts }),
  };
}
