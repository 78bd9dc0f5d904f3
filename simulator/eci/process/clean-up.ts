import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ADDRESSES, claimantOf } from './address-claims.ts';
import { removeCgroups } from './cgroups.ts';
import { ownedNames } from './owned-names.ts';
import { sendSignal } from './process-table.ts';
import { runTool } from './run-tool.ts';
import type { Tools } from './tools.ts';

/** How long killed processes are given to vanish. */
const TRIES = 50;
const PAUSE_MS = 20;

/** Removes everything that a simulator put onto the machine: processes, networks, files. What is not there is no failure. */
export async function cleanUpAfter(pid: number, tools: Pick<Tools, 'ip'>): Promise<void> {
  const names = ownedNames(pid);
  for (const namespace of namespacesOf(names.namespacePrefix)) {
    await endProcesses(namespace, tools);
    await runTool([tools.ip, 'netns', 'delete', namespace]).catch(() => undefined);
  }
  await removeCgroups(names.cgroup);
  if (existsSync(`/sys/class/net/${names.bridge}`)) {
    await runTool([tools.ip, 'link', 'delete', names.bridge]).catch(() => undefined);
  }
  await rm(names.memoryDirectory, { recursive: true, force: true });
  for (const address of existsSync(ADDRESSES) ? readdirSync(ADDRESSES) : []) {
    if (claimantOf(address) === pid) {
      await rm(`${ADDRESSES}/${address}`, { force: true });
    }
  }
  // Last: as long as it is there, the next start knows that there is something to clean up.
  await rm(names.directory, { recursive: true, force: true });
}

function namespacesOf(prefix: string): string[] {
  const folder = '/run/netns';
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];
}

async function endProcesses(namespace: string, { ip }: Pick<Tools, 'ip'>): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const output = await runTool([ip, 'netns', 'pids', namespace]).catch(() => '');
    const pids = output.split(/\s+/).filter((pid) => pid !== '');
    if (pids.length === 0) {
      return;
    }
    for (const pid of pids) {
      sendSignal(Number(pid), 'SIGKILL');
    }
    await delay(PAUSE_MS);
  }
}
