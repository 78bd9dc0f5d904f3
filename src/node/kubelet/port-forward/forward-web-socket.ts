import type { WebSocket } from 'ws';
import { isBase64 } from '../streaming/stream-protocols.ts';
import { WebSocketChannels } from '../streaming/web-socket-channels.ts';
import { PodAccessError } from '../pod-access-error.ts';
import { parsePort } from './dial-pod.ts';
import { forwardConnection } from './forward-connection.ts';
import type { ForwardOptions } from './forward-spdy.ts';

/** Two channels for each port, and a channel is one byte, or one digit in the form for text. */
const MAX_PORTS = { binary: 127, base64: 5 } as const;

/**
 * Reads the ports of a port-forward in channels: the parameter may be repeated, and hold several separated by commas. Pure.
 * Source: kubelet, `portforward.NewV4Options`.
 * @throws PodAccessError 400.
 */
export function parsePorts(query: URLSearchParams, protocol: string): number[] {
  const texts = query.getAll('port').flatMap((value) => value.split(','));
  if (texts.length === 0) throw badPorts('query parameter "port" is required');
  const most = isBase64(protocol) ? MAX_PORTS.base64 : MAX_PORTS.binary;
  if (texts.length > most) throw badPorts(`at most ${most} ports`);
  return texts.map((text) => {
    const port = parsePort(text.trim());
    if (port === undefined) throw badPorts(`port "${text}" is not a number from 1 to 65535`);
    return port;
  });
}

/**
 * Serves a port-forward in channels: connection i is on 2i, its errors on 2i + 1, and the first message on each is the port.
 * Source: kubelet, `portforward` over WebSockets.
 */
export function forwardWebSocket(
  socket: WebSocket,
  { protocol, ports, ...options }: ForwardOptions & { protocol: string; ports: readonly number[] },
): WebSocketChannels {
  const { podName, dial, timeouts, clock } = options;
  const channels = new WebSocketChannels({
    socket,
    base64: isBase64(protocol),
    clock,
    idleTimeoutMs: timeouts.idleTimeoutMs,
    onMessage: (channel, content) => {
      const input = channel % 2 === 0 ? inputs[channel / 2] : undefined;
      input?.push(content);
    },
  });
  const inputs = ports.map(() => channels.readable());
  const serve = async (port: number, index: number): Promise<void> => {
    const input = inputs[index];
    if (input === undefined) return;
    const first = Buffer.alloc(2);
    first.writeUInt16LE(port);
    await channels.send(2 * index, first);
    await channels.send(2 * index + 1, first);
    const [output, error] = [channels.writable(2 * index), channels.writable(2 * index + 1)];
    // There is no half-close in this protocol: once the Pod has said everything, nothing else would end the connection.
    output.once('finish', () => input.end());
    await forwardConnection({ port, input: input.stream, output, error }, { podName, dial });
  };
  void Promise.all(ports.map(serve)).then(() => channels.close());
  return channels;
}

function badPorts(message: string): PodAccessError {
  return new PodAccessError('BadPorts', message, { httpStatus: 400 });
}
