import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { PodAccessError } from '../pod-access-error.ts';
import { refuseDestination } from './destination.ts';
import type { ForwardPolicy } from './destination.ts';

export interface DialOptions {
  /** Connections are made from this address of ours; any when absent. */
  localAddress?: string;
  timeoutMs: number;
  policy: ForwardPolicy;
}

/**
 * Connects to a port of a Pod, over the network between this process and the VPC.
 * @throws PodAccessError with a text for the person at the other end.
 */
export async function dialPod(podIp: string | undefined, port: number, options: DialOptions): Promise<Socket> {
  const { localAddress, timeoutMs, policy } = options;
  const refusal = refuseDestination(podIp, port, policy);
  if (refusal !== undefined || podIp === undefined) throw refused(refusal ?? '');
  const connected = Promise.withResolvers<Socket>();
  const socket = connect({
    host: podIp,
    port,
    allowHalfOpen: true,
    // Whoever types into a protocol of short messages should not wait for acknowledgements.
    noDelay: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('timed out')));
  socket.once('error', (error: NodeJS.ErrnoException) => {
    connected.reject(refused(`cannot connect to ${podIp}:${port}: ${error.code ?? error.message}`));
  });
  socket.once('connect', () => {
    socket.setTimeout(0);
    // From here on an error is the end of the connection, which `close` tells.
    socket.on('error', () => {});
    connected.resolve(socket);
  });
  return await connected.promise;
}

/** Reads a port. @returns undefined for what is none. */
export function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function refused(message: string): PodAccessError {
  return new PodAccessError('DialFailed', message, { httpStatus: 502 });
}
