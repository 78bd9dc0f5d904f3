import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { sendSignal } from './process-table.ts';

/** Where the two versions of cgroups are. Source: cgroups(7). */
const UNIFIED = '/sys/fs/cgroup';
const MEMORY_V1 = '/sys/fs/cgroup/memory';

const TRIES = 50;
const PAUSE_MS = 20;

/** The cgroup of one instance of a container. */
export interface Cgroup {
  /** Whoever writes its own number there belongs to it. */
  readonly processesFile: string;
  /** Whether the kernel has ended a process of it for want of memory. */
  hasKilled(): boolean;
  /** @returns undefined when the kernel does not tell. */
  memoryBytes(): number | undefined;
  remove(): Promise<void>;
}

/** Makes cgroups that limit memory. */
export interface Cgroups {
  /** @param limitBytes none when absent. */
  create(name: string, limitBytes: number | undefined): Cgroup;
}

/** @returns undefined where this process may not make cgroups that limit memory. */
export function findCgroups(owner: string): Cgroups | undefined {
  return unified(`${UNIFIED}/${owner}`) ?? version1(`${MEMORY_V1}/${owner}`);
}

/** Ends what runs in a simulator's cgroups and removes them. */
export async function removeCgroups(owner: string): Promise<void> {
  for (const base of [`${UNIFIED}/${owner}`, `${MEMORY_V1}/${owner}`]) {
    for (const name of existsSync(base) ? readdirSync(base) : []) {
      if (existsSync(`${base}/${name}/cgroup.procs`)) {
        await removeCgroup(`${base}/${name}`);
      }
    }
    if (existsSync(base)) {
      await removeCgroup(base);
    }
  }
}

function unified(base: string): Cgroups | undefined {
  try {
    if (!readFileSync(`${UNIFIED}/cgroup.controllers`, 'utf8').includes('memory')) {
      return undefined;
    }
    mkdirSync(base);
    writeFileSync(`${UNIFIED}/cgroup.subtree_control`, '+memory');
    writeFileSync(`${base}/cgroup.subtree_control`, '+memory');
  } catch {
    return undefined;
  }
  return {
    create: (name, limitBytes) => {
      const folder = `${base}/${name}`;
      mkdirSync(folder);
      if (limitBytes !== undefined) {
        writeFileSync(`${folder}/memory.max`, String(limitBytes));
        // As kubelet does: a container that runs out of memory ends as a whole.
        writeFileSync(`${folder}/memory.oom.group`, '1');
      }
      return cgroupAt(folder, { events: 'memory.events', usage: 'memory.current' });
    },
  };
}

function version1(base: string): Cgroups | undefined {
  try {
    mkdirSync(base);
  } catch {
    return undefined;
  }
  if (!existsSync(`${base}/memory.limit_in_bytes`)) {
    rmdirSync(base);
    return undefined;
  }
  return {
    create: (name, limitBytes) => {
      const folder = `${base}/${name}`;
      mkdirSync(folder);
      if (limitBytes !== undefined) {
        writeFileSync(`${folder}/memory.limit_in_bytes`, String(limitBytes));
      }
      return cgroupAt(folder, { events: 'memory.oom_control', usage: 'memory.usage_in_bytes' });
    },
  };
}

function cgroupAt(folder: string, files: { events: string; usage: string }): Cgroup {
  const read = (name: string): string => {
    try {
      return readFileSync(`${folder}/${name}`, 'utf8');
    } catch {
      return '';
    }
  };
  return {
    processesFile: `${folder}/cgroup.procs`,
    hasKilled: () => /^oom_kill [1-9]/m.test(read(files.events)),
    memoryBytes: () => {
      const bytes = read(files.usage);
      return bytes === '' ? undefined : Number(bytes);
    },
    remove: () => removeCgroup(folder),
  };
}

/** A cgroup can be removed once the last of its processes has vanished. */
async function removeCgroup(folder: string): Promise<void> {
  for (let tries = 0; tries < TRIES && existsSync(folder); tries += 1) {
    try {
      rmdirSync(folder);
    } catch {
      const processes = existsSync(`${folder}/cgroup.procs`) ? readFileSync(`${folder}/cgroup.procs`, 'utf8') : '';
      for (const pid of processes.split('\n').filter((line) => line !== '')) {
        sendSignal(Number(pid), 'SIGKILL');
      }
      await delay(PAUSE_MS);
    }
  }
}
