import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The programs that containers are made with, and the packages of Debian that have them. */
const PACKAGES = {
  bwrap: 'bubblewrap',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  script: 'bsdutils',
  mount: 'mount',
  sh: 'dash',
  mkfifo: 'coreutils',
  stty: 'coreutils',
} as const;

/** Absolute paths, since the environment in which they are called is that of a container. */
export type Tools = Readonly<Record<keyof typeof PACKAGES, string>>;

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Finds the programs. @throws Error that says in one line everything that is missing. */
export function findTools(machine: { platform: string; userId: number | undefined } = thisMachine()): Tools {
  const found = Object.keys(PACKAGES).map((name) => [name, find(name)] as const);
  const missing = [
    ...(machine.platform === 'linux' ? [] : [`Linux, not ${machine.platform}`]),
    ...(machine.userId === 0 ? [] : ['the rights of root']),
    ...found.flatMap(([name, path]) =>
      path === undefined ? [`the program ${name} (package ${PACKAGES[name as keyof typeof PACKAGES]})`] : [],
    ),
  ];
  if (missing.length > 0) {
    throw new Error(`containers cannot be run here; missing: ${missing.join(', ')}`);
  }
  return Object.fromEntries(found) as unknown as Tools;
}

function find(name: string): string | undefined {
  return PATH.map((directory) => join(directory, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function thisMachine(): { platform: string; userId: number | undefined } {
  return { platform: process.platform, userId: process.getuid?.() };
}
