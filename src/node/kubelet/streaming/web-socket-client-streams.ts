import { finished } from 'node:stream/promises';
import type { WebSocket } from 'ws';
import type { Clock } from '../../../clock.ts';
import type { ClientStreams, TerminalSize } from './client-streams.ts';
import { commandResult } from './command-result.ts';
import type { StreamParameters } from './stream-parameters.ts';
import { isBase64, remoteCommandVersion } from './stream-protocols.ts';
import { TerminalSizes } from './terminal-sizes.ts';
import { WebSocketChannels } from './web-socket-channels.ts';

/** Source: Kubernetes, `remotecommand` over WebSockets. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Offers a client that speaks WebSocket the streams that it asked for in the query. */
export function openWebSocketStreams(options: {
  socket: WebSocket;
  protocol: string;
  parameters: StreamParameters;
  idleTimeoutMs: number;
  clock: Clock;
}): ClientStreams {
  const { socket, protocol, parameters, idleTimeoutMs, clock } = options;
  const version = remoteCommandVersion(protocol);
  const sizes = new TerminalSizes();
  let onSize: (size: TerminalSize) => void = () => {};
  const connection = new WebSocketChannels({
    socket,
    base64: isBase64(protocol),
    clock,
    idleTimeoutMs,
    onMessage: (channel, content) => {
      switch (channel) {
        case channels.stdin:
          // Who asked for no input and sends some is not answered, as by kubelet.
          if (parameters.stdin) input.push(content);
          break;
        case channels.resize:
          for (const size of sizes.push(content.toString('utf8'))) onSize(size);
          break;
        case channels.close:
          if (version.closeMessages && content[0] === channels.stdin) input.end();
          break;
      }
    },
  });
  const input = connection.readable();
  const stdout = parameters.stdout ? connection.writable(channels.stdout) : undefined;
  const stderr = parameters.stderr ? connection.writable(channels.stderr) : undefined;
  // Tells the client that the other end is there, before the command has said anything.
  const first = parameters.stdout ? channels.stdout : parameters.stderr ? channels.stderr : channels.error;
  void connection.send(first, Buffer.alloc(0));
  return {
    ...(parameters.stdin ? { stdin: input.stream } : {}),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    closed: connection.closed,
    onResize: (listener) => (onSize = listener),
    async finish(result) {
      for (const output of [stdout, stderr]) {
        if (output === undefined) continue;
        output.end();
        await finished(output).catch(() => {});
      }
      const text = commandResult(result, version.result);
      if (text !== undefined) await connection.send(channels.error, Buffer.from(text));
      connection.close();
    },
    abort: () => socket.terminate(),
  };
}
