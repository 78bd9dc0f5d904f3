import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { RequestedContainer } from '../parameters/container.ts';
import type { RequestedVolume } from '../parameters/volume.ts';

/** Modes of configuration files are octal digits in a number. Source: ECI API reference, ConfigFileVolume. */
const DEFAULT_MODE = 644;

/** Where the volumes of a group are kept. */
export interface VolumeFolders {
  /** The group's own. */
  readonly group: string;
  /** The group's own, in memory. */
  readonly memory: string;
  /** Of all groups: network file systems and disks, which outlive a group. */
  readonly shared: string;
}

/** One volume in a container. */
export interface Mount {
  /** File or folder of the machine. */
  readonly source: string;
  readonly path: string;
  readonly isReadOnly: boolean;
}

/** Makes the volumes of one group and finds them again. */
export class GroupVolumes {
  readonly #folders: VolumeFolders;
  readonly #made = new Map<string, { content: string; path: Promise<string> }>();

  constructor(folders: VolumeFolders) {
    this.#folders = folders;
  }

  /** @throws Error when a mount is of no volume, or leaves it. */
  async mountsOf(container: RequestedContainer, volumes: readonly RequestedVolume[]): Promise<Mount[]> {
    const mounts = (container.VolumeMount ?? []).map(async ({ Name, MountPath, SubPath, ReadOnly }) => {
      const volume = volumes.find((candidate) => candidate.Name === Name);
      if (volume === undefined) {
        throw new Error(`there is no volume ${Name}`);
      }
      return {
        source: await subPath(await this.#make(volume), SubPath ?? ''),
        path: normalize(`/${MountPath}`),
        isReadOnly: ReadOnly === true || volume.ConfigFileVolume !== undefined || volume.NFSVolume?.ReadOnly === true,
      };
    });
    // What is mounted beneath another mount comes after it.
    return (await Promise.all(mounts)).sort((a, b) => depth(a.path) - depth(b.path));
  }

  /** Writes changed files into volumes that containers have. */
  async refresh(volumes: readonly RequestedVolume[]): Promise<void> {
    const known = volumes.filter(
      ({ Name, ConfigFileVolume }) => ConfigFileVolume !== undefined && this.#made.has(Name),
    );
    await Promise.all(known.map((volume) => this.#make(volume)));
  }

  /** Once, and again when an update has changed it. */
  async #make(volume: RequestedVolume): Promise<string> {
    const content = JSON.stringify(volume);
    const known = this.#made.get(volume.Name);
    if (known?.content === content) {
      return known.path;
    }
    const path = makeVolume(volume, this.#folders);
    this.#made.set(volume.Name, { content, path });
    return path;
  }
}

async function makeVolume(volume: RequestedVolume, folders: VolumeFolders): Promise<string> {
  const { Name, Type, EmptyDirVolume, ConfigFileVolume, ...remote } = volume;
  if (ConfigFileVolume !== undefined) {
    const folder = join(folders.group, Name);
    await writeFiles(folder, ConfigFileVolume);
    return folder;
  }
  if (Type === 'EmptyDirVolume') {
    return makeFolder(join(EmptyDirVolume?.Medium === 'Memory' ? folders.memory : folders.group, Name));
  }
  const identity = createHash('sha256')
    .update(JSON.stringify(identityOf(remote)))
    .digest('hex')
    .slice(0, 16);
  return makeFolder(join(folders.shared, identity));
}

/** Two groups that name the same share or disk see the same files, whether or not one may write. */
function identityOf({ NFSVolume, FlexVolume, DiskVolume, HostPathVolume }: Partial<RequestedVolume>): unknown {
  return NFSVolume === undefined
    ? [FlexVolume?.Driver, FlexVolume?.Options, DiskVolume?.DiskId, HostPathVolume?.Path]
    : [NFSVolume.Server, NFSVolume.Path];
}

async function makeFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  // Beyond the umask: containers may run as any user.
  await chmod(folder, 0o777);
  return folder;
}

async function writeFiles(
  folder: string,
  { DefaultMode, ConfigFileToPath = [] }: NonNullable<RequestedVolume['ConfigFileVolume']>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  for (const { Path, Content = '', Mode } of ConfigFileToPath) {
    const path = inside(folder, Path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.from(Content, 'base64'));
    await chmod(path, Number.parseInt(String(Mode ?? DefaultMode ?? DEFAULT_MODE), 8));
  }
  const wanted = new Set(ConfigFileToPath.map(({ Path }) => inside(folder, Path)));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(path)) {
      await rm(path, { force: true });
    }
  }
}

/** A missing sub-path becomes a folder, as with kubelet. A link must not lead out of the volume: what is there is not the group's. */
async function subPath(volume: string, path: string): Promise<string> {
  const target = inside(volume, path);
  if ((await stat(target).catch(() => undefined)) === undefined) {
    await makeFolder(target);
  }
  const actual = await realpath(target);
  const root = await realpath(volume);
  if (actual !== root && !actual.startsWith(`${root}/`)) {
    throw new Error(`the sub-path ${path} leads out of its volume`);
  }
  return actual;
}

function inside(folder: string, path: string): string {
  if (path.split('/').includes('..')) {
    throw new Error(`the path ${path} leads out of its volume`);
  }
  return join(folder, path);
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}
