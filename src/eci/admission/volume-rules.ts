import { referencedObjects } from '../references/referenced-objects.ts';
import { csiDrivers } from '../volumes/csi-volume.ts';
import { flexDrivers } from '../volumes/flex-volume.ts';
import { at, inVolumes, rule, type AdmissionRule } from './admission-rule.ts';

/**
 * Each is a read of the API server, for every Pod. Twenty volumes and the sources of a few thousand variables need less; a Pod that
 * names tens of thousands would keep everybody else from being served.
 */
const MAX_REFERENCES = 256;

/** Sources of a projected volume that become files. */
const PROJECTED_SOURCES: ReadonlySet<string> = new Set(['configMap', 'secret', 'downwardAPI', 'serviceAccountToken']);

/** Volume types with rules of their own, or that work. Everything else is unsupported. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'emptyDir',
  'nfs',
  'projected',
  'flexVolume',
  'hostPath',
  'configMap',
  'secret',
  'downwardAPI',
  'persistentVolumeClaim',
  'ephemeral',
  'csi',
]);

/** Rules about volumes. */
export const volumeRules: readonly AdmissionRule[] = [
  rule('hostPath', 'hold', 'a container group has no host; only a data cache can be mounted by path', (pod, context) =>
    context.dataCache ? [] : inVolumes(pod, (volume, path) => at(`${path}.hostPath`, volume.hostPath?.path)),
  ),
  rule('emptyDirMedium', 'hold', 'ECI has no huge pages; use the medium Memory or none', (pod) =>
    inVolumes(pod, (volume, path) =>
      volume.emptyDir?.medium?.startsWith('HugePages') === true
        ? at(`${path}.emptyDir.medium`, volume.emptyDir.medium)
        : [],
    ),
  ),
  rule('projectedVolume', 'hold', 'is a source that ECI cannot project; use a ConfigMap, a Secret or a token', (pod) =>
    inVolumes(pod, (volume, path) =>
      (volume.projected?.sources ?? []).flatMap((source, index) =>
        Object.keys(source)
          .filter((kind) => !PROJECTED_SOURCES.has(kind))
          .map((kind) => ({ path: `${path}.projected.sources[${index}]`, value: kind })),
      ),
    ),
  ),
  rule('flexVolume', 'hold', `ECI has the drivers ${[...flexDrivers].join(', ')}`, (pod) =>
    inVolumes(pod, ({ flexVolume }, path) =>
      flexVolume !== undefined && !flexDrivers.has(flexVolume.driver)
        ? at(`${path}.flexVolume`, flexVolume.driver)
        : [],
    ),
  ),
  rule('csiVolume', 'hold', `ECI mounts volumes of the drivers ${[...csiDrivers].join(', ')}`, (pod) =>
    inVolumes(pod, ({ csi }, path) =>
      csi !== undefined && !csiDrivers.has(csi.driver) ? at(`${path}.csi.driver`, csi.driver) : [],
    ),
  ),
  rule(
    'referenceCount',
    'hold',
    `refers to more than ${MAX_REFERENCES} ConfigMaps, Secrets and claims, more than a container group can hold; use fewer`,
    (pod) => {
      const { configMaps, secrets, claims, tokens } = referencedObjects(pod);
      const count = configMaps.length + secrets.length + claims.length + tokens.length;
      return count > MAX_REFERENCES ? [{ path: 'spec', value: String(count) }] : [];
    },
  ),
  rule('volumeType', 'hold', 'is a volume type that ECI cannot mount', (pod) =>
    inVolumes(pod, (volume, path) =>
      Object.keys(volume)
        .filter((type) => type !== 'name' && !KNOWN_TYPES.has(type))
        .map((type) => ({ path: `${path}.${type}`, value: volume.name })),
    ),
  ),
];
