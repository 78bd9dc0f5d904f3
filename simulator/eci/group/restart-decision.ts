import type { ContainerGroup, GroupContainer } from './container-group.ts';

/** Source: Kubernetes pod life cycle, which ECI follows: 10 s, doubled up to five minutes. */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;

/** @param failures in a row, counted from 1. @returns milliseconds until the next try. */
export function backOffMs(failures: number): number {
  return Math.min(FIRST_BACK_OFF_MS * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
}

/** Tells whether a container that ended runs again. Init containers that succeeded never do. */
export function isRestarted(
  policy: ContainerGroup['restartPolicy'],
  { isInit, exitCode }: { isInit: boolean; exitCode: number },
): boolean {
  if (policy === 'Never' || (isInit && exitCode === 0)) {
    return false;
  }
  return exitCode !== 0 || policy === 'Always';
}

/**
 * Derives the status from the ordinary containers.
 * @returns undefined while some container has not run yet.
 * Source: ECI help centre, life cycle of ECI instances.
 */
export function statusOf(containers: readonly GroupContainer[]): 'Running' | 'Succeeded' | 'Failed' | undefined {
  const ended = containers.map(({ current }) => (current.state === 'Terminated' ? current.exitCode : undefined));
  if (ended.every((exitCode) => exitCode !== undefined)) {
    return ended.every((exitCode) => exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  return containers.every(({ started }) => started) ? 'Running' : undefined;
}
