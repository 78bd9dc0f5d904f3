import type { PersistentVolume } from '../../kube/types.ts';

/** Labels by which a volume names its zone: of Kubernetes, its older form, and of the vendor's disk driver. */
const ZONE_LABELS: ReadonlySet<string> = new Set([
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.diskplugin.csi.alibabacloud.com/zone',
]);

/** Reads in which zones a volume can be mounted. @returns undefined when it does not say, or can be mounted everywhere. */
export function volumeZones({ spec }: PersistentVolume): ReadonlySet<string> | undefined {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  // Terms are alternatives: one that names no zone allows all.
  const zones = terms.map((term) =>
    (term.matchExpressions ?? []).find(({ key, operator }) => ZONE_LABELS.has(key) && operator === 'In'),
  );
  if (zones.length === 0 || zones.includes(undefined)) return undefined;
  return new Set(zones.flatMap((expression) => expression?.values ?? []));
}
