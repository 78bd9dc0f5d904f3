import type { ContainerGroup, GroupContainer } from '../group/container-group.ts';
import { ContainerLog } from './container-log.ts';

/** What `POST /_sim/container-logs` takes. */
interface LogChange {
  readonly containerGroupId: string;
  readonly containerName: string;
  readonly lines: readonly string[];
  readonly mode: 'append' | 'set';
  readonly previous: boolean;
}

/**
 * Changes the log of a container by hand, which is how logs get their lines when no process runs.
 * @throws TypeError naming what is wrong with the body.
 */
export function changeLog(
  body: unknown,
  { groups, nowMs }: { groups: Iterable<ContainerGroup>; nowMs: number },
): { lines: number } {
  const { containerGroupId, containerName, lines, mode, previous } = parseChange(body);
  const container = findContainer(groups, containerGroupId, containerName);
  const kept = previous ? container.previousLog : container.log;
  const log = mode === 'set' || kept === undefined ? new ContainerLog() : kept;
  for (const line of lines) {
    log.append(line, nowMs);
  }
  if (previous) {
    container.previousLog = log;
  } else {
    container.log = log;
  }
  return { lines: log.lines.length };
}

function findContainer(groups: Iterable<ContainerGroup>, groupId: string, name: string): GroupContainer {
  for (const group of groups) {
    const container = [...group.initContainers, ...group.containers].find((candidate) => candidate.name === name);
    if (group.id === groupId && container !== undefined) {
      return container;
    }
  }
  throw new TypeError(`there is no container ${name} in a group ${groupId}`);
}

const members = ['containerGroupId', 'containerName', 'lines', 'mode', 'previous'];

function parseChange(body: unknown): LogChange {
  const given: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {};
  const unknown = Object.keys(given).filter((name) => !members.includes(name));
  if (unknown.length > 0) {
    throw new TypeError(`unknown members: ${unknown.join(', ')}; known are ${members.join(', ')}`);
  }
  const { containerGroupId, containerName, lines, mode = 'append', previous = false } = given;
  if (typeof containerGroupId !== 'string' || typeof containerName !== 'string') {
    throw new TypeError('containerGroupId and containerName must be texts');
  }
  if (!Array.isArray(lines) || !lines.every((line): line is string => typeof line === 'string')) {
    throw new TypeError('lines must be a list of texts');
  }
  if (mode !== 'append' && mode !== 'set') {
    throw new TypeError('mode must be append or set');
  }
  if (typeof previous !== 'boolean') {
    throw new TypeError('previous must be true or false');
  }
  return { containerGroupId, containerName, lines, mode, previous };
}
