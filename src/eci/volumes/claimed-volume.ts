import type { VolumeRequest } from '../../alibaba/eci-requests.ts';
import type { PersistentVolume, PersistentVolumeClaim, Volume } from '../../kube/types.ts';
import type { Text } from '../../secret.ts';
import { claimName } from '../references/referenced-objects.ts';
import { csiVolume } from './csi-volume.ts';
import { flexDrivers, flexVolume } from './flex-volume.ts';
import { secretOptions } from './secret-options.ts';
import type { VolumeContext, VolumePlace } from './volume-context.ts';
import { volumeZones } from './volume-zones.ts';

/** A volume that a claim stands for, and whether it may be written. */
export interface ClaimedVolume {
  request: VolumeRequest;
  readOnly: boolean;
}

/**
 * Translates a `persistentVolumeClaim` or generic `ephemeral` volume by the PersistentVolume that its claim is bound to.
 * @returns undefined when there is none yet, or none that ECI can mount; the findings say which.
 */
export function claimedVolume(volume: Volume, place: VolumePlace, context: VolumeContext): ClaimedVolume | undefined {
  const bound = boundVolume(volume, place, context);
  if (bound === undefined) return undefined;
  const { claim, persistent } = bound;
  if (persistent.spec?.volumeMode === 'Block') {
    const message = 'is a block device, and ECI mounts file systems; use volumeMode Filesystem';
    context.findings.problem({ key: place.path, value: persistent.metadata?.name ?? '', message });
    return undefined;
  }
  const zones = volumeZones(persistent);
  if (context.zoneId !== undefined && zones !== undefined && !zones.has(context.zoneId)) {
    context.findings.problem({
      key: place.path,
      value: persistent.metadata?.name ?? '',
      message: `is in zone ${[...zones].join(', ')}, and the Pod would run in ${context.zoneId}; use a vSwitch of the zone of the volume`,
    });
    return undefined;
  }
  const request = persistentVolumeRequest(persistent, place, context);
  return request === undefined ? undefined : { request, readOnly: isReadOnly(volume, claim, persistent) };
}

function boundVolume(
  volume: Volume,
  place: VolumePlace,
  { pod, references, findings }: VolumeContext,
): { claim: PersistentVolumeClaim; persistent: PersistentVolume } | undefined {
  const namespace = pod.metadata?.namespace ?? '';
  const name = claimName(pod, volume) ?? '';
  const reference = { kind: 'PersistentVolumeClaim', namespace, name } as const;
  const missing = (
    reason: 'PersistentVolumeClaimNotFound' | 'PersistentVolumeClaimNotBound',
    why: string,
  ): undefined => {
    findings.note({
      type: 'Warning',
      reason,
      message: `PersistentVolumeClaim ${namespace}/${name} ${why}; the Pod waits for it`,
    });
    findings.waitFor(reference, `PersistentVolumeClaim ${namespace}/${name} ${why}`);
    return undefined;
  };
  const claim = references.claims.get(name) ?? { kind: 'missing' };
  if (claim.kind === 'refused') {
    const message = `PersistentVolumeClaim ${namespace}/${name} cannot be read: ${claim.message}`;
    findings.note({ type: 'Warning', reason: 'FailedToReadPersistentVolume', message });
    findings.waitFor(reference, message);
    return undefined;
  }
  if (claim.kind === 'missing') return missing('PersistentVolumeClaimNotFound', 'does not exist');
  const owned = claim.value.metadata?.ownerReferences?.some((owner) => owner.uid === pod.metadata?.uid) === true;
  if (volume.ephemeral !== undefined && !owned) {
    const message = 'exists and was not made for this Pod; rename the Pod or delete the claim';
    findings.problem({ key: `${place.path}.ephemeral`, value: `PersistentVolumeClaim ${name}`, message });
    return undefined;
  }
  const volumeName = claim.value.spec?.volumeName ?? '';
  if (claim.value.status?.phase !== 'Bound' || volumeName === '') {
    return missing('PersistentVolumeClaimNotBound', 'is not bound to a volume');
  }
  const persistent = references.volumes.get(volumeName) ?? { kind: 'missing' };
  if (persistent.kind === 'found') return { claim: claim.value, persistent: persistent.value };
  const found = persistent.kind === 'missing';
  const why = found
    ? `PersistentVolume ${volumeName} does not exist`
    : `PersistentVolume ${volumeName} cannot be read: ${persistent.message}`;
  findings.note({
    type: 'Warning',
    reason: found ? 'PersistentVolumeNotFound' : 'FailedToReadPersistentVolume',
    message: why,
  });
  findings.waitFor({ kind: 'PersistentVolume', name: volumeName }, why);
  return undefined;
}

function persistentVolumeRequest(
  { metadata, spec }: PersistentVolume,
  place: VolumePlace,
  context: VolumeContext,
): VolumeRequest | undefined {
  const at = { ...place, path: `PersistentVolume ${metadata?.name ?? ''} (${place.path})` };
  if (spec?.nfs !== undefined) {
    const { server, path } = spec.nfs;
    return { name: place.name, type: 'NFSVolume', nfsVolume: { server, path } };
  }
  if (spec?.csi !== undefined) {
    const { driver, fsType, volumeHandle, volumeAttributes, nodePublishSecretRef } = spec.csi;
    const { namespace = '', name = '' } = nodePublishSecretRef ?? {};
    return csiVolume(
      {
        driver,
        volumeHandle,
        attributes: withMountOptions(volumeAttributes ?? {}, spec.mountOptions),
        ...(fsType === undefined ? {} : { fsType }),
        ...(nodePublishSecretRef === undefined ? {} : { secretRef: { namespace, name } }),
      },
      at,
      context,
    );
  }
  if (spec?.flexVolume !== undefined && flexDrivers.has(spec.flexVolume.driver)) {
    const { driver, fsType, options, secretRef } = spec.flexVolume;
    const claimNamespace = context.pod.metadata?.namespace ?? '';
    const secrets =
      secretRef === undefined
        ? []
        : secretOptions({ namespace: secretRef.namespace ?? claimNamespace, name: secretRef.name ?? '' }, context);
    const all = new Map<string, Text>([...Object.entries(options ?? {}), ...secrets]);
    return flexVolume(place.name, { driver, ...(fsType === undefined ? {} : { fsType }), options: all });
  }
  context.findings.problem({
    key: at.path,
    value: spec?.flexVolume?.driver ?? sourceOf(spec) ?? '',
    message: 'is a kind of volume that ECI cannot mount; use NFS, or a NAS, OSS or disk volume of Alibaba Cloud',
  });
  return undefined;
}

/** Mount options of a PersistentVolume are those of NFS; drivers take them as one text. */
function withMountOptions(
  attributes: Readonly<Record<string, string>>,
  mountOptions: readonly string[] | undefined,
): Readonly<Record<string, string>> {
  return mountOptions === undefined || mountOptions.length === 0
    ? attributes
    : { options: mountOptions.join(','), ...attributes };
}

/** Only `ReadOnlyMany` means that nobody writes. */
function isReadOnly(volume: Volume, claim: PersistentVolumeClaim, { spec }: PersistentVolume): boolean {
  const modes = claim.spec?.accessModes ?? spec?.accessModes ?? [];
  return (
    volume.persistentVolumeClaim?.readOnly === true ||
    spec?.nfs?.readOnly === true ||
    spec?.csi?.readOnly === true ||
    spec?.flexVolume?.readOnly === true ||
    (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany'))
  );
}

/** The member of the spec that says what kind of volume it is. */
function sourceOf(spec: PersistentVolume['spec']): string | undefined {
  const general = ['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'storageClassName'];
  const others = new Set([...general, 'persistentVolumeReclaimPolicy', 'volumeMode', 'volumeAttributesClassName']);
  return Object.keys(spec ?? {}).find((name) => !others.has(name));
}
