import { SimError } from '../../types.ts';
import { invalidParameter } from '../invalid-parameter.ts';
import type { CreateContainerGroup } from '../parameters/container-group.ts';

/** Source: ECI help centre, limits: containers of an instance, init containers included. */
const MAX_CONTAINERS = 20;
/** Source: ECI help centre, mount ConfigFile volumes. */
const MAX_FILE_BYTES = 32 * 1024;
const MAX_ALL_FILES_BYTES = 60 * 1024;
/** Source: ECI API reference, InstanceType. */
const MAX_INSTANCE_TYPES = 5;

/** Checks the rules of CreateContainerGroup that span several parameters. @throws SimError 400 */
export function checkContainerGroup(request: CreateContainerGroup): void {
  const containers = [...(request.InitContainer ?? []), ...request.Container];
  if (containers.length > MAX_CONTAINERS) {
    throw invalidParameter(
      'Container',
      `makes ${containers.length} with InitContainer; at most ${MAX_CONTAINERS} are allowed`,
    );
  }
  checkDistinct('InvalidParameter.DuplicatedName', containers);
  checkDistinct('InvalidParameter.DuplicatedVolumeName', request.Volume ?? []);
  checkMounts(request);
  checkFiles(request);
  checkTagKeys(request);
  const types = (request.InstanceType ?? '').split(',').filter((type) => type !== '');
  if (types.length > MAX_INSTANCE_TYPES) {
    throw invalidParameter('InstanceType', `has ${types.length} entries; at most ${MAX_INSTANCE_TYPES} are allowed`);
  }
  const unreadable = types.find((type) => !/^(ecs\.[a-z0-9.-]+|\d+(\.\d+)?-\d+(\.\d+)?Gi)$/.test(type.trim()));
  if (unreadable !== undefined) {
    throw invalidParameter(
      'InstanceType',
      `names ${unreadable}, which is neither an ECS type nor a size such as 2-4Gi`,
    );
  }
  if (request.SpotStrategy === 'SpotWithPriceLimit' && request.SpotPriceLimit === undefined) {
    throw invalidParameter('SpotPriceLimit', 'is required with SpotWithPriceLimit');
  }
  const isSpot = request.SpotStrategy !== undefined && request.SpotStrategy !== 'NoSpot';
  if (request.ComputeCategory !== undefined && (isSpot || request.CpuArchitecture === 'ARM64')) {
    throw new SimError(
      400,
      'FeatureBasedConstraintConflict',
      'ComputeCategory cannot be combined with spot instances or ARM64.',
    );
  }
}

function checkDistinct(code: string, items: readonly { Name: string }[]): void {
  const seen = new Set<string>();
  for (const { Name } of items) {
    if (seen.has(Name)) {
      throw new SimError(400, code, `The name ${Name} is used more than once.`);
    }
    seen.add(Name);
  }
}

function checkMounts({ Container, InitContainer = [], Volume = [] }: CreateContainerGroup): void {
  const volumes = new Set(Volume.map(({ Name }) => Name));
  for (const { Name, VolumeMount = [] } of [...InitContainer, ...Container]) {
    const stray = VolumeMount.find((mount) => !volumes.has(mount.Name));
    if (stray !== undefined) {
      throw invalidParameter(
        'VolumeMount',
        `of container ${Name} names the volume ${stray.Name}, which does not exist`,
      );
    }
  }
}

function checkFiles({ Volume = [] }: CreateContainerGroup): void {
  let total = 0;
  for (const [index, { ConfigFileVolume }] of Volume.entries()) {
    for (const { Path, Content = '' } of ConfigFileVolume?.ConfigFileToPath ?? []) {
      const bytes = Buffer.byteLength(Content, 'base64');
      total += bytes;
      if (bytes > MAX_FILE_BYTES) {
        const name = `Volume.${index + 1}.ConfigFileVolume`;
        throw invalidParameter(name, `has ${bytes} bytes in ${Path}; at most ${MAX_FILE_BYTES} are allowed`);
      }
    }
  }
  if (total > MAX_ALL_FILES_BYTES) {
    throw invalidParameter('Volume', `has ${total} bytes of files; at most ${MAX_ALL_FILES_BYTES} are allowed`);
  }
}

function checkTagKeys({ Tag = [] }: CreateContainerGroup): void {
  if (new Set(Tag.map(({ Key }) => Key)).size < Tag.length) {
    throw invalidParameter('Tag', 'has the same key more than once');
  }
}
