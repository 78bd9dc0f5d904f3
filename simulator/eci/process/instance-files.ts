import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import { hostName, NODE_DIRECTORY } from './container-environment.ts';
import { hostsFile, resolverFile } from './network-files.ts';
import type { Sandbox } from './sandbox-arguments.ts';
import { DEFAULT_MESSAGE_PATH } from './termination-message.ts';

/** The users of every container; those of the machine are nobody's business there. */
const USERS = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin', ''].join(
  '\n',
);
const GROUPS = ['root:x:0:', 'tty:x:5:', 'nogroup:x:65534:', ''].join('\n');

/** Files of the machine that are put into one instance of a container. */
export interface InstanceFiles {
  readonly files: Sandbox['files'];
  /** Where the instance writes why it ends. */
  readonly messageFile: string;
  /** An empty folder, for what is mounted only where the instance sees it. */
  readonly scratch: string;
}

/** Writes the files of a new instance. @param folder must not exist. */
export async function writeInstanceFiles(
  folder: string,
  { group, container }: { group: ContainerGroup; container: GroupContainer },
): Promise<InstanceFiles> {
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const write = async (name: string, content: string, mode: number): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content, { mode });
    return path;
  };
  const messageFile = await write('termination-log', '', 0o666);
  const messagePath = container.requested.TerminationMessagePath || DEFAULT_MESSAGE_PATH;
  return {
    messageFile,
    scratch,
    files: [
      { source: await write('hosts', hostsFile(group), 0o644), path: '/etc/hosts', isWritable: true },
      { source: await write('hostname', `${hostName(group)}\n`, 0o644), path: '/etc/hostname', isWritable: true },
      {
        source: await write('resolv.conf', resolverFile(group, machineResolver()), 0o644),
        path: '/etc/resolv.conf',
        isWritable: true,
      },
      { source: await write('passwd', USERS, 0o644), path: '/etc/passwd', isWritable: true },
      { source: await write('group', GROUPS, 0o644), path: '/etc/group', isWritable: true },
      { source: process.execPath, path: `${NODE_DIRECTORY}/node`, isWritable: false },
      { source: messageFile, path: messagePath, isWritable: true },
    ],
  };
}

/** @returns what an instance has left in a file; empty when it has removed it. */
export async function readMessage(file: string): Promise<Buffer> {
  return readFile(file).catch(() => Buffer.alloc(0));
}

function machineResolver(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
