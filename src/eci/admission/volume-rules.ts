import type { Volume } from '../../kube/types.ts';
import { resolveFieldReference } from '../request/field-reference.ts';
import { ROOT_CA_CONFIG_MAP } from '../create/projected-files.ts';
import { flexDrivers } from '../request/volumes.ts';
import { at, inVolumes, rule, type AdmissionRule, type Finding } from './admission-rule.ts';

const LATER = 'comes with a later version';

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
  rule('configMapVolume', 'hold', LATER, (pod) =>
    inVolumes(pod, (volume, path) => at(`${path}.configMap`, volume.configMap && (volume.configMap.name ?? 'set'))),
  ),
  rule('secretVolume', 'hold', LATER, (pod) =>
    inVolumes(pod, (volume, path) => at(`${path}.secret`, volume.secret && (volume.secret.secretName ?? 'set'))),
  ),
  rule('downwardApiVolume', 'hold', LATER, (pod) =>
    inVolumes(pod, (volume, path) => at(`${path}.downwardAPI`, volume.downwardAPI && 'set')),
  ),
  rule('persistentVolumeClaim', 'hold', `${LATER}; NFS volumes can be used directly`, (pod) =>
    inVolumes(pod, (volume, path) => at(`${path}.persistentVolumeClaim`, volume.persistentVolumeClaim?.claimName)),
  ),
  rule('projectedVolume', 'hold', `${LATER}, except for what Kubernetes injects by itself`, (pod) =>
    inVolumes(pod, unsupportedSources),
  ),
  rule(
    'flexVolume',
    'hold',
    'ECI has the drivers alicloud/disk, alicloud/nas and alicloud/oss, without secretRef',
    (pod) =>
      inVolumes(pod, ({ flexVolume }, path) =>
        flexVolume !== undefined && (!flexDrivers.has(flexVolume.driver) || flexVolume.secretRef !== undefined)
          ? at(`${path}.flexVolume`, flexVolume.driver)
          : [],
      ),
  ),
  rule('volumeType', 'hold', 'is a volume type that ECI cannot mount', (pod) =>
    inVolumes(pod, (volume, path) =>
      Object.keys(volume)
        .filter((type) => type !== 'name' && !KNOWN_TYPES.has(type))
        .map((type) => ({ path: `${path}.${type}`, value: volume.name })),
    ),
  ),
];

/** Tokens, the cluster's root certificates and plain fields of the Pod can be had; other sources not yet. */
function unsupportedSources(volume: Volume, path: string): Finding[] {
  return (volume.projected?.sources ?? []).flatMap((source, index) => {
    const where = `${path}.projected.sources[${index}]`;
    if (source.serviceAccountToken !== undefined) return [];
    if (source.configMap !== undefined) {
      return source.configMap.name === ROOT_CA_CONFIG_MAP ? [] : at(`${where}.configMap`, source.configMap.name ?? '');
    }
    if (source.downwardAPI !== undefined) {
      return (source.downwardAPI.items ?? []).flatMap((item) => {
        const fieldPath = item.fieldRef?.fieldPath ?? '';
        const field = resolveFieldReference({}, fieldPath, { nodeName: '', hostIp: '' });
        return field.kind === 'value' ? [] : at(`${where}.downwardAPI`, item.path);
      });
    }
    return at(where, Object.keys(source).join(', '));
  });
}
