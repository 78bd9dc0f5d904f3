import type { HelperConfig } from '../../credential-helper/config/model.ts';
import { personalHosts } from '../../credential-helper/entries/hosts.ts';
import type { PlannedEntry } from '../../credential-helper/entries/model.ts';
import { planEntries } from '../../credential-helper/entries/plan-entries.ts';

/** An entry as it is configured, where no helper says how it is doing. */
export interface ConfiguredEntry {
  position: number;
  /** Absent for Personal Edition. */
  instanceId?: string;
  /** Absent for the region of the cluster, where that is not known. */
  regionId?: string;
  /** Absent when the names come from the cloud. */
  hosts?: readonly string[];
  /** The chain in words. Who the base identity is, only a helper knows. */
  chain?: string;
  /** Why no helper would try it. */
  refused?: { reason: string; message: string };
}

const UNKNOWN_REGION = 'the region of the cluster';

/**
 * Says of the entries what can be said without a helper, with the helper's own rules. Pure.
 * @param ownRegion region of the cluster, where it is known.
 */
export function configuredEntries(config: HelperConfig, ownRegion: string | undefined): ConfiguredEntry[] {
  // The one base identity that may do everything: nothing is refused here that some helper would serve.
  const context = { base: 'worker-role', ownRegion: ownRegion ?? UNKNOWN_REGION } as const;
  return planEntries(config, context).map((planned) => configuredEntry(planned, ownRegion));
}

function configuredEntry(planned: PlannedEntry, ownRegion: string | undefined): ConfiguredEntry {
  const entry = planned.kind === 'served' ? planned.plan.entry : planned.entry;
  const { position, instanceId, domains, regionId = ownRegion } = entry;
  const hosts = domains ?? (instanceId === undefined && regionId !== undefined ? personalHosts(regionId) : undefined);
  return {
    position,
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(regionId === undefined ? {} : { regionId }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(planned.kind === 'served'
      ? { chain: chainOf(planned.plan) }
      : { refused: { reason: planned.finding.reason, message: planned.finding.message } }),
  };
}

function chainOf({ identity, description }: { identity: { kind: string }; description: string }): string {
  return identity.kind === 'base' ? description.replace(/^.*? → /, 'base identity → ') : description;
}
