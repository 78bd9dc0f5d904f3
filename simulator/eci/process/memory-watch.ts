import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Between two looks: short enough that a container cannot take the machine with it, long enough to cost nothing. */
const INTERVAL_MS = 250;

/**
 * Stands in for a cgroup where none can be made: looks at a container's memory now and then.
 * @param firstPid the first process of the container.
 * @param onExceeded called once.
 * @returns a function that ends the watch.
 */
export function watchMemory(
  { firstPid, limitBytes }: { firstPid: number; limitBytes: number },
  onExceeded: () => void,
): () => void {
  const timer = setInterval(() => {
    if (residentBytes(firstPid) > limitBytes) {
      clearInterval(timer);
      onExceeded();
    }
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Adds up the resident memory of every process in the process namespace of a container. */
export function residentBytes(firstPid: number): number {
  const namespace = namespaceOf(String(firstPid));
  if (namespace === undefined) {
    return 0;
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace)
    .reduce((total, pid) => total + residentOf(pid), 0);
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function residentOf(pid: string): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    // It has ended.
    return 0;
  }
}
