import { WebSocket } from 'ws';
import type { Secret } from '../secret.ts';
import { EciKubeletError } from '../errors.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Keeps gateways on the way from cutting a silent shell. */
const PING_MS = 30_000;
/** Closed by agreement, with a code or without one. Source: RFC 6455, section 7.4.1. */
const CLEAN_CLOSURES: ReadonlySet<number> = new Set([1000, 1005]);

/** A connection to a running command. */
export interface ExecSocket {
  send(message: Buffer, sent: (error?: Error) => void): void;
  onMessage(listener: (message: Buffer) => void): void;
  onClose(listener: (clean: boolean) => void): void;
  pause(): void;
  resume(): void;
  close(): void;
}

/**
 * Connects to the address that ExecContainerCommand gave out. It is valid for 30 seconds, and whoever has it can use it: it is in no
 * message.
 * @throws EciKubeletError `ExecSocketFailed` with the reason that the network gave.
 */
export async function connectExecSocket(webSocketUri: Secret): Promise<ExecSocket> {
  const socket = new WebSocket(webSocketUri.reveal(), {
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    followRedirects: false,
  });
  // Read only once somebody listens: what the command says first must not be lost.
  const opened = Promise.withResolvers<void>();
  socket.once('open', () => {
    socket.pause();
    opened.resolve();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => opened.reject(socketFailed(error)));
  await opened.promise;
  const ping = setInterval(() => socket.ping(), PING_MS);
  ping.unref();
  socket.once('close', () => clearInterval(ping));
  return {
    send: (message, sent) => socket.send(message, (error) => sent(error ?? undefined)),
    onMessage: (listener) => {
      socket.on('message', (data: Buffer) => listener(data));
      socket.resume();
    },
    onClose: (listener) => void socket.once('close', (code) => listener(CLEAN_CLOSURES.has(code))),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.terminate(),
  };
}

/** The library's texts hold hosts and status codes; the path, where the token is, they do not. */
function socketFailed(error: NodeJS.ErrnoException): EciKubeletError {
  const reason = error.code ?? (/^Unexpected server response: \d{3}$/.test(error.message) ? error.message : error.name);
  return new EciKubeletError('ExecSocketFailed', `the connection to the command could not be made (${reason})`);
}
