import type { Container } from '../../kube/types.ts';

/**
 * Resolves a probe's or handler's port, which may be the name of a port of the same container, to its number.
 * @returns undefined when the container declares no port of that name.
 */
export function containerPort(container: Container, port: string | number): number | undefined {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((candidate) => candidate.name === port)?.containerPort;
  if (named !== undefined) return named;
  return /^\d+$/.test(port) ? Number(port) : undefined;
}
