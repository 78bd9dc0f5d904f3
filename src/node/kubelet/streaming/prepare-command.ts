import { untilAborted } from './until-aborted.ts';
import type { Pod } from '../../../kube/types.ts';
import { PodAccessError } from '../pod-access-error.ts';
import type { ExecSession } from '../pod-access.ts';
import type { StreamRoute, StreamUpgrade } from '../stream-handlers.ts';
import { acceptSpdy } from './accept-spdy.ts';
import { acceptWebSocket } from './accept-web-socket.ts';
import { agreeOnProtocol } from './agree-on-protocol.ts';
import type { AgreedProtocol } from './agree-on-protocol.ts';
import { attachSession } from './attach-session.ts';
import type { ClientStreams } from './client-streams.ts';
import { joinSession } from './join-session.ts';
import type { StartStream } from './running-stream.ts';
import { openSpdyStreams } from './spdy-client-streams.ts';
import { parseCommand, parseStreamParameters } from './stream-parameters.ts';
import type { StreamParameters } from './stream-parameters.ts';
import { remoteCommandVersion, spdyVersions, webSocketVersions } from './stream-protocols.ts';
import type { StreamsOptions } from './streams-options.ts';
import { openWebSocketStreams } from './web-socket-client-streams.ts';

/** Without a name, the first version is spoken. */
const UNNAMED = 'channel.k8s.io';

/**
 * Checks a request for exec or attach and starts its command. Everything that can be refused is refused here, before the upgrade:
 * afterwards kubectl shows no reason.
 * @param gone fires when the client is gone.
 * @returns undefined when the client was told that there is no protocol to speak.
 * @throws PodAccessError for what the client is to be told.
 */
export async function prepareCommand(
  upgrade: StreamUpgrade,
  gone: AbortSignal,
  options: StreamsOptions,
): Promise<StartStream | undefined> {
  const { route } = upgrade;
  const parameters = parseStreamParameters(route.query);
  const command = route.kind === 'exec' ? parseCommand(route.query) : [];
  if (route.kind === 'attach') assertAttachable(route, parameters);
  const protocol = agreeOnProtocol(upgrade, {
    spdy: { known: spdyVersions, absent: UNNAMED },
    webSocket: { known: webSocketVersions, absent: UNNAMED },
  });
  if (protocol === undefined) return undefined;
  const { pod, container = '' } = route;
  const { tty, stdin } = parameters;
  const session =
    route.kind === 'exec'
      ? await options.access.exec({ uid: uidOf(pod), container, command, tty, stdin, signal: gone })
      : undefined;
  return async () => {
    let client: ClientStreams | undefined;
    try {
      client = await openClient(upgrade, { protocol, parameters }, options);
    } finally {
      // The command runs already, and nobody else knows of it.
      if (client === undefined) session?.close();
    }
    if (client === undefined) return undefined;
    return { over: serve(client, session ?? attach(route, client.closed, options)), end: () => client.abort() };
  };
}

async function serve(client: ClientStreams, session: ExecSession): Promise<void> {
  await joinSession(client, session);
  await untilAborted(client.closed);
}

async function openClient(
  { request, socket, head }: StreamUpgrade,
  { protocol, parameters }: { protocol: AgreedProtocol; parameters: StreamParameters },
  { clock, timeouts }: StreamsOptions,
): Promise<ClientStreams | undefined> {
  if (protocol.carrier === 'WebSocket') {
    const connection = await acceptWebSocket({ request, socket, head }, protocol.name);
    if (connection === undefined) return undefined;
    const { idleTimeoutMs } = timeouts;
    return openWebSocketStreams({ socket: connection, protocol: protocol.name, parameters, clock, idleTimeoutMs });
  }
  acceptSpdy(request, socket, protocol.name);
  const version = remoteCommandVersion(protocol.name);
  return await openSpdyStreams({ transport: socket, head, version, parameters, timeouts, clock });
}

function assertAttachable({ pod, container = '' }: StreamRoute, { stdin }: StreamParameters): void {
  if (stdin) {
    const message = 'ECI has no way to the standard input of a running container: attach without -i, or use exec';
    throw new PodAccessError('AttachInputUnsupported', message, { httpStatus: 501 });
  }
  const statuses = pod.status?.containerStatuses ?? [];
  if (statuses.some(({ name, state }) => name === container && state?.running)) return;
  const message = `cannot attach to container "${container}": it is not running`;
  throw new PodAccessError('NotRunning', message, { httpStatus: 400 });
}

function attach({ pod, container = '' }: StreamRoute, closed: AbortSignal, options: StreamsOptions): ExecSession {
  const { followLog, podByUid } = options;
  return attachSession(followLog(pod, container, closed), () => {
    const statuses = podByUid(uidOf(pod))?.status?.containerStatuses ?? [];
    const status = statuses.find(({ name }) => name === container);
    return (status?.state?.terminated ?? status?.lastState?.terminated)?.exitCode ?? 0;
  });
}

function uidOf(pod: Pod): string {
  return pod.metadata?.uid ?? '';
}
