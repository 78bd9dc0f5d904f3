import { PodAccessError } from '../pod-access-error.ts';

/** Which streams a client wants of a container. */
export interface StreamParameters {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/**
 * Reads the query of exec and attach, with the names that API servers use towards a kubelet. With a terminal there is no standard
 * error of its own; kubelet drops it silently, and so do we. Pure.
 * Source: kubelet, `remotecommand.NewOptions`.
 * @throws PodAccessError 400 when nothing is asked for.
 */
export function parseStreamParameters(query: URLSearchParams): StreamParameters {
  const wanted = (name: string): boolean => {
    const value = query.get(name);
    return value === '1' || value === 'true';
  };
  const tty = wanted('tty');
  const parameters = { stdin: wanted('input'), stdout: wanted('output'), stderr: wanted('error') && !tty, tty };
  if (!parameters.stdin && !parameters.stdout && !wanted('error')) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return parameters;
}

/** Reads the command of exec. @throws PodAccessError 400 when there is none. */
export function parseCommand(query: URLSearchParams): string[] {
  const command = query.getAll('command');
  if (command.length === 0 || command[0] === '') throw badRequest('you must specify at least 1 command');
  return command;
}

/** Reads the command of `/run`, which kubelet splits on blanks. @throws PodAccessError 400 when there is none. */
export function parseRunCommand(query: URLSearchParams): string[] {
  const command = (query.get('cmd') ?? '').split(' ').filter((word) => word !== '');
  if (command.length === 0) throw badRequest('you must specify a command: cmd=…');
  return command;
}

function badRequest(message: string): PodAccessError {
  return new PodAccessError('BadStreamRequest', message, { httpStatus: 400 });
}
