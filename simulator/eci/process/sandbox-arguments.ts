/**
 * The root file system of a container, as arguments of bwrap(1). There are no layers of images: a container sees the programs of the
 * machine, and beyond them only what is made for it.
 */
import type { Mount } from './group-volumes.ts';

/** What of the machine's `/etc` programs need to work, and that tells nothing. */
const MACHINE_CONFIGURATION = [
  ...['alternatives', 'ca-certificates', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types'],
  ...['nsswitch.conf', 'pki', 'protocols', 'services', 'ssl', 'terminfo'],
];

/** Folders that images have. */
const FOLDERS = ['/etc', '/home', '/mnt', '/opt', '/run', '/srv', '/var/cache', '/var/lib', '/var/log'];
const FOLDERS_FOR_ALL = ['/tmp', '/var/tmp'];

/** What goes into a container. */
export interface Sandbox {
  /** Folder of the machine that becomes `/usr`, and whether it may be written. */
  readonly programs: { readonly source: string; readonly isWritable: boolean };
  /** How `/bin` and the like are on the machine: links into `/usr`, or folders of their own. */
  readonly rootEntries: readonly { readonly path: string; readonly linkTo?: string }[];
  readonly hostName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Files of the machine by their paths in the container: `/etc/hosts` and the like. */
  readonly files: readonly { readonly source: string; readonly path: string; readonly isWritable: boolean }[];
  readonly mounts: readonly Mount[];
  readonly hasReadOnlyRoot: boolean;
}

/** @returns the arguments up to the command, which becomes the first process of its namespace. */
export function sandboxArguments(sandbox: Sandbox): string[] {
  const { programs, rootEntries, hostName, environment, workingDirectory, files, mounts, hasReadOnlyRoot } = sandbox;
  const bind = (isWritable: boolean): string => (isWritable ? '--bind' : '--ro-bind');
  return [
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--hostname', hostName],
    // The container ends with the simulator, whatever ends that; and it cannot type into the simulator's terminal.
    ...['--die-with-parent', '--as-pid-1', '--new-session', '--info-fd', '3', '--clearenv'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...[bind(programs.isWritable && !hasReadOnlyRoot), programs.source, '/usr'],
    ...rootEntries.flatMap(({ path, linkTo }) =>
      linkTo === undefined ? ['--ro-bind', path, path] : ['--symlink', linkTo, path],
    ),
    ...FOLDERS.flatMap((path) => ['--dir', path]),
    ...['--perms', '0700', '--dir', '/root', '--symlink', '../run', '/var/run'],
    ...FOLDERS_FOR_ALL.flatMap((path) => ['--perms', '1777', '--dir', path]),
    ...MACHINE_CONFIGURATION.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev', '--chmod', '1777', '/dev/shm'],
    ...files.flatMap(({ source, path, isWritable }) => [...parentsOf(path), bind(isWritable), source, path]),
    ...mounts.flatMap(({ source, path, isReadOnly }) => [...parentsOf(path), bind(!isReadOnly), source, path]),
    ...['--dir', workingDirectory, '--chdir', workingDirectory],
    ...(hasReadOnlyRoot ? ['--remount-ro', '/'] : []),
  ];
}

/** Folders above a mount that nobody has made would be for root alone. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.flatMap((_, index) => ['--dir', `/${parts.slice(0, index + 1).join('/')}`]);
}
