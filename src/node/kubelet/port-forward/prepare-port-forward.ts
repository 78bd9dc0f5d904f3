import { createWebSocketStream } from 'ws';
import type { StreamUpgrade } from '../stream-handlers.ts';
import { acceptSpdy } from '../streaming/accept-spdy.ts';
import { acceptWebSocket } from '../streaming/accept-web-socket.ts';
import { agreeOnProtocol } from '../streaming/agree-on-protocol.ts';
import type { RunningStream, StartStream } from '../streaming/running-stream.ts';
import { PORT_FORWARD, TUNNELLED_PORT_FORWARD, webSocketPortForwards } from '../streaming/stream-protocols.ts';
import type { StreamsOptions } from '../streaming/streams-options.ts';
import { untilAborted } from '../streaming/until-aborted.ts';
import { dialPod } from './dial-pod.ts';
import { forwardSpdy } from './forward-spdy.ts';
import type { ForwardOptions } from './forward-spdy.ts';
import { forwardWebSocket, parsePorts } from './forward-web-socket.ts';

/** How long a Pod may take to accept a connection. */
const DIAL_TIMEOUT_MS = 10_000;

/**
 * Checks a request for port-forward. Ports in the query are refused here, before the upgrade; those of SPDY come with its streams.
 * @returns undefined when the client was told that there is no protocol to speak.
 * @throws PodAccessError for what the client is to be told.
 */
export function preparePortForward(upgrade: StreamUpgrade, options: StreamsOptions): StartStream | undefined {
  const { request, socket, head, route } = upgrade;
  const protocol = agreeOnProtocol(upgrade, {
    spdy: { known: [PORT_FORWARD], absent: PORT_FORWARD },
    webSocket: { known: [TUNNELLED_PORT_FORWARD, ...webSocketPortForwards], absent: 'v4.channel.k8s.io' },
  });
  if (protocol === undefined) return undefined;
  const forward = forwardOptions(upgrade, options);
  if (protocol.carrier === 'SPDY') {
    return () => {
      acceptSpdy(request, socket, protocol.name);
      const session = forwardSpdy(socket, head, forward);
      return Promise.resolve(running(session.closed, () => void session.close()));
    };
  }
  const tunnelled = protocol.name === TUNNELLED_PORT_FORWARD;
  const ports = tunnelled ? [] : parsePorts(route.query, protocol.name);
  return async () => {
    const connection = await acceptWebSocket({ request, socket, head }, protocol.name);
    if (connection === undefined) return undefined;
    if (!tunnelled) {
      const channels = forwardWebSocket(connection, { ...forward, protocol: protocol.name, ports });
      return running(channels.closed, () => connection.terminate());
    }
    const session = forwardSpdy(createWebSocketStream(connection), Buffer.alloc(0), forward);
    session.closed.addEventListener('abort', () => connection.terminate(), { once: true });
    return running(session.closed, () => void session.close());
  };
}

/** The address is that of now: a Pod may get one after the session began. */
function forwardOptions({ route: { pod } }: StreamUpgrade, options: StreamsOptions): ForwardOptions {
  const { podByUid, portForwardAddress, portForwardPolicy, timeouts, clock } = options;
  const address = portForwardAddress === undefined ? {} : { localAddress: portForwardAddress };
  return {
    podName: pod.metadata?.name ?? '',
    dial: async (port) =>
      await dialPod(podByUid(pod.metadata?.uid ?? '')?.status?.podIP, port, {
        timeoutMs: DIAL_TIMEOUT_MS,
        policy: portForwardPolicy,
        ...address,
      }),
    timeouts,
    clock,
  };
}

function running(closed: AbortSignal, end: () => void): RunningStream {
  return { over: untilAborted(closed), end };
}
