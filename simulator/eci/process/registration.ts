import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cleanUpAfter } from './clean-up.ts';
import { ownedNames, REGISTRY } from './owned-names.ts';
import { startTimeOf } from './process-table.ts';
import type { Tools } from './tools.ts';

/** Says in a simulator's folder which process it belongs to. */
const OWNER_FILE = 'owner';

/** Registers this process as a simulator that runs containers, after removing what earlier ones left that did not end by themselves. */
export async function registerSimulator(pid: number, tools: Pick<Tools, 'ip'>): Promise<void> {
  mkdirSync(REGISTRY, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(REGISTRY)) {
    const earlier = Number(name);
    if (Number.isInteger(earlier) && !isRunning(earlier)) {
      await cleanUpAfter(earlier, tools);
    }
  }
  const { directory } = ownedNames(pid);
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(`${directory}/${OWNER_FILE}`, startTimeOf(pid) ?? '');
}

/** Numbers of processes are used again: what counts is that this very one runs. */
function isRunning(pid: number): boolean {
  const startTime = startTimeOf(pid);
  if (startTime === undefined) {
    return false;
  }
  try {
    const recorded = readFileSync(`${ownedNames(pid).directory}/${OWNER_FILE}`, 'utf8');
    // Empty for a moment, between the creation of the folder and that of the file.
    return recorded === '' || recorded === startTime;
  } catch {
    return true;
  }
}
