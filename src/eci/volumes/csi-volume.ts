import type { VolumeRequest } from '../../alibaba/eci-requests.ts';
import { Secret } from '../../secret.ts';
import type { Text } from '../../secret.ts';
import { flexVolume } from './flex-volume.ts';
import { requiredSecretOptions } from './secret-options.ts';
import type { VolumeContext, VolumePlace } from './volume-context.ts';

/**
 * Volumes of Alibaba Cloud's CSI drivers. Their node plugins do not run on a virtual node, so that what they would be given is
 * translated to what ECI mounts by itself: NAS over NFS, OSS and disks by FlexVolume.
 * Source: ECI API reference, CreateContainerGroup, Volume.N; ACK help centre, statically provisioned volumes of each kind.
 */

/** A CSI source, written in a Pod or in a PersistentVolume. */
export interface CsiSource {
  driver: string;
  fsType?: string;
  /** Only in a PersistentVolume. */
  volumeHandle?: string;
  attributes: Readonly<Record<string, string>>;
  secretRef?: { namespace: string; name: string };
}

const NAS = 'nasplugin.csi.alibabacloud.com';
const OSS = 'ossplugin.csi.alibabacloud.com';
const DISK = 'diskplugin.csi.alibabacloud.com';

/** CSI drivers whose volumes ECI can mount. */
export const csiDrivers: ReadonlySet<string> = new Set([DISK, NAS, OSS]);

/** Keys of a user of OSS: in a Secret, or in old manifests among the attributes. */
const OSS_KEYS = ['akId', 'akSecret'] as const;

/** What a disk may be made of when it does not exist yet. Source: ECI API reference, FlexVolume.Options. */
const NEW_DISK_OPTIONS = ['volumeSize', 'performanceLevel', 'deleteWithInstance', 'encrypted', 'kmsKeyId'] as const;

/** Translates a volume of one of {@link csiDrivers}. @returns undefined when something is missing, which the findings are told. */
export function csiVolume(source: CsiSource, place: VolumePlace, context: VolumeContext): VolumeRequest | undefined {
  switch (source.driver) {
    case NAS:
      return nasVolume(source, place, context);
    case OSS:
      return ossVolume(source, place, context);
    case DISK:
      return diskVolume(source, place, context);
    default:
      context.findings.problem({
        key: place.path,
        value: source.driver,
        message: `is no CSI driver whose volumes ECI can mount; it has ${[...csiDrivers].join(', ')}`,
      });
      return undefined;
  }
}

function nasVolume({ attributes }: CsiSource, place: VolumePlace, context: VolumeContext): VolumeRequest | undefined {
  const given = picked(attributes, ['server', 'path', 'vers', 'options', 'mountProtocol']);
  const server = given.get('server');
  const protocol = given.get('mountProtocol') ?? 'nfs';
  if (!server || protocol !== 'nfs') {
    context.findings.problem({
      key: `${place.path}.volumeAttributes.${server ? 'mountProtocol' : 'server'}`,
      value: server ? protocol : '',
      message: 'ECI mounts NAS over NFS from an address; write the mount target of the file system',
    });
    return undefined;
  }
  const path = given.get('path') || '/';
  const vers = given.get('vers');
  const options = given.get('options');
  // The plain form knows no version and no mount options.
  if (!vers && !options) return { name: place.name, type: 'NFSVolume', nfsVolume: { server, path } };
  return flexVolume(place.name, {
    driver: 'alicloud/nas',
    options: new Map([['server', server], ['path', path], ...picked(attributes, ['vers', 'options'])]),
  });
}

function ossVolume(source: CsiSource, place: VolumePlace, context: VolumeContext): VolumeRequest | undefined {
  const { attributes, secretRef } = source;
  const options = new Map<string, Text>(picked(attributes, ['bucket', 'url', 'path', 'otherOpts', 'ramRole']));
  const missing = ['bucket', 'url'].filter((name) => !options.get(name));
  for (const name of missing) {
    context.findings.problem({
      key: `${place.path}.volumeAttributes.${name}`,
      value: '',
      message: 'an OSS volume needs the name of its bucket and the endpoint (url); write both',
    });
  }
  for (const [key, value] of picked(attributes, OSS_KEYS)) options.set(key, new Secret(value));
  if (secretRef !== undefined) {
    for (const [key, value] of requiredSecretOptions(secretRef, OSS_KEYS, context)) options.set(key, value);
  } else if (!options.has('ramRole') && !OSS_KEYS.every((key) => options.has(key))) {
    context.findings.problem({
      key: `${place.path}.nodePublishSecretRef`,
      value: '',
      message: 'ECI needs the keys akId and akSecret of a user of the bucket; name a Secret that has them',
    });
    return undefined;
  }
  return missing.length > 0 ? undefined : flexVolume(place.name, { driver: 'alicloud/oss', options });
}

function diskVolume(source: CsiSource, place: VolumePlace, context: VolumeContext): VolumeRequest | undefined {
  const { attributes, fsType } = source;
  const driver = 'alicloud/disk';
  const volumeId = source.volumeHandle ?? picked(attributes, ['volumeId']).get('volumeId');
  const of = (options: ReadonlyMap<string, string>): VolumeRequest =>
    flexVolume(place.name, { driver, ...(fsType === undefined ? {} : { fsType }), options });
  if (volumeId) return of(new Map([['volumeId', volumeId]]));
  const fresh = picked(attributes, NEW_DISK_OPTIONS);
  if (fresh.has('volumeSize')) return of(fresh);
  context.findings.problem({
    key: `${place.path}.volumeAttributes`,
    value: '',
    message: 'a disk needs the id of an existing one (volumeId), or the size of a new one (volumeSize, in GiB)',
  });
  return undefined;
}

/** Attributes by name, without what every object inherits. */
function picked(attributes: Readonly<Record<string, string>>, names: readonly string[]): Map<string, string> {
  return new Map(
    names.flatMap((name): [string, string][] => {
      const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      return value ? [[name, value]] : [];
    }),
  );
}
