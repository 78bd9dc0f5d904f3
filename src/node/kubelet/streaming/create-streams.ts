import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createWebSocketStream } from 'ws';
import type { Clock } from '../../../clock.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Logger, Metrics } from '../../../telemetry/types.ts';
import { failureAnswer } from '../failure-answer.ts';
import { PodAccessError } from '../pod-access-error.ts';
import type { ExecSession, LogLine, PodAccess } from '../pod-access.ts';
import type { ForwardPolicy } from '../port-forward/destination.ts';
import { dialPod } from '../port-forward/dial-pod.ts';
import { forwardSpdy } from '../port-forward/forward-spdy.ts';
import { forwardWebSocket, parsePorts } from '../port-forward/forward-web-socket.ts';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import type { StreamHandlers, StreamRequest, StreamRoute, StreamUpgrade } from '../stream-handlers.ts';
import { acceptSpdy } from './accept-spdy.ts';
import { acceptWebSocket } from './accept-web-socket.ts';
import { attachSession } from './attach-session.ts';
import type { ClientStreams } from './client-streams.ts';
import { joinSession } from './join-session.ts';
import { answerRun } from './run-command.ts';
import { openSpdyStreams } from './spdy-client-streams.ts';
import type { StreamTimeouts } from './spdy-client-streams.ts';
import { parseCommand, parseRunCommand, parseStreamParameters } from './stream-parameters.ts';
import type { StreamParameters } from './stream-parameters.ts';
import {
  PORT_FORWARD,
  TUNNELLED_PORT_FORWARD,
  chooseProtocol,
  remoteCommandVersion,
  spdyVersions,
  webSocketPortForwards,
  webSocketVersions,
} from './stream-protocols.ts';
import { openWebSocketStreams } from './web-socket-client-streams.ts';

/** How long a Pod may take to accept a connection. */
const DIAL_TIMEOUT_MS = 10_000;

export interface StreamsOptions {
  access: Pick<PodAccess, 'exec'>;
  /** The last lines of a running container's log and then what comes, until it has ended. @throws PodAccessError. */
  followLog: (pod: Pod, container: string, signal: AbortSignal) => AsyncIterable<readonly LogLine[]>;
  /** @returns the Pod as it is now, if it is there. */
  podByUid: (uid: string) => Pod | undefined;
  timeouts: StreamTimeouts;
  /** Connections to Pods are made from this address of ours; any when absent. */
  portForwardAddress?: string;
  portForwardPolicy: ForwardPolicy;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** Creates the handlers of exec, attach, port-forward and run. Nothing is kept between requests but what has to be ended. */
export function createStreams(options: StreamsOptions): StreamHandlers {
  return new Streams(options);
}

class Streams implements StreamHandlers {
  readonly #options: StreamsOptions;
  readonly #stopping = new AbortController();
  #open = 0;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  upgrade(upgrade: StreamUpgrade): void {
    const { socket, route } = upgrade;
    const work = route.kind === 'portForward' ? this.#portForward(upgrade) : this.#command(upgrade);
    this.#count(1);
    work
      .catch((error: unknown) => {
        if (!(error instanceof PodAccessError)) {
          this.#options.logger.error('a stream of the kubelet API failed', { kind: route.kind, error });
        }
        const { httpStatus, text } = failureAnswer(error);
        refuseUpgrade(socket, httpStatus, text);
      })
      .finally(() => this.#count(-1));
  }

  async post({ route, response }: StreamRequest & { response: ServerResponse }): Promise<void> {
    if (route.kind !== 'run') {
      throw new PodAccessError('UpgradeRequired', 'Upgrade request required', { httpStatus: 400 });
    }
    const { pod, container = '', query } = route;
    const command = parseRunCommand(query);
    const session = await this.#options.access.exec({ uid: uidOf(pod), container, command, tty: false, stdin: false });
    await answerRun(session, response);
  }

  close(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  /** Everything that can be refused is refused before the upgrade: afterwards kubectl shows no reason. */
  async #command(upgrade: StreamUpgrade): Promise<void> {
    const { route } = upgrade;
    const parameters = parseStreamParameters(route.query);
    if (!isWebSocket(upgrade)) assertSpdy(upgrade);
    if (route.kind === 'attach') this.#assertAttachable(route, parameters);
    // A command has effects: it does not begin for somebody with whom nothing can be agreed on.
    const begins = route.kind === 'exec' && isNegotiable(upgrade);
    const session = begins ? await this.#exec(route, parameters) : undefined;
    const client = await this.#openClient(upgrade, parameters).catch((error: unknown) => {
      session?.close();
      throw error;
    });
    if (client === undefined) {
      session?.close();
      return;
    }
    const onStop = (): void => client.abort();
    this.#stopping.signal.addEventListener('abort', onStop, { once: true });
    await joinSession(client, session ?? this.#attach(route, client.closed));
    this.#stopping.signal.removeEventListener('abort', onStop);
  }

  async #exec({ pod, container = '', query }: StreamRoute, parameters: StreamParameters): Promise<ExecSession> {
    const command = parseCommand(query);
    const { tty, stdin } = parameters;
    return await this.#options.access.exec({ uid: uidOf(pod), container, command, tty, stdin });
  }

  #assertAttachable({ pod, container = '' }: StreamRoute, { stdin }: StreamParameters): void {
    if (stdin) {
      const message = 'ECI has no way to the standard input of a running container: attach without -i, or use exec';
      throw new PodAccessError('AttachInputUnsupported', message, { httpStatus: 501 });
    }
    const running = (pod.status?.containerStatuses ?? []).some(
      ({ name, state }) => name === container && state?.running,
    );
    if (running) return;
    const message = `cannot attach to container "${container}": it is not running`;
    throw new PodAccessError('NotRunning', message, { httpStatus: 400 });
  }

  #attach({ pod, container = '' }: StreamRoute, closed: AbortSignal): ExecSession {
    const { followLog, podByUid } = this.#options;
    return attachSession(followLog(pod, container, closed), () => {
      const statuses = podByUid(uidOf(pod))?.status?.containerStatuses ?? [];
      const status = statuses.find(({ name }) => name === container);
      return (status?.state?.terminated ?? status?.lastState?.terminated)?.exitCode ?? 0;
    });
  }

  async #openClient(upgrade: StreamUpgrade, parameters: StreamParameters): Promise<ClientStreams | undefined> {
    const { request, socket, head } = upgrade;
    const { clock, timeouts } = this.#options;
    if (isWebSocket(upgrade)) {
      const accepted = await acceptWebSocket(upgrade, { known: webSocketVersions, absent: 'channel.k8s.io' });
      if (accepted === undefined) return undefined;
      return openWebSocketStreams({ ...accepted, parameters, clock, idleTimeoutMs: timeouts.idleTimeoutMs });
    }
    const name = acceptSpdy(request, socket, { known: spdyVersions, absent: 'channel.k8s.io' });
    if (name === undefined) return undefined;
    const version = remoteCommandVersion(name);
    return await openSpdyStreams({ transport: socket, head, version, parameters, timeouts, clock });
  }

  async #portForward(upgrade: StreamUpgrade): Promise<void> {
    const { request, socket, head, route } = upgrade;
    const { clock, timeouts } = this.#options;
    const forward = {
      podName: route.pod.metadata?.name ?? '',
      dial: (port: number) => this.#dial(route.pod, port),
      timeouts,
      clock,
    };
    if (isWebSocket(upgrade)) {
      const known = [TUNNELLED_PORT_FORWARD, ...webSocketPortForwards];
      const asked = request.headers['sec-websocket-protocol'] ?? '';
      // Before the upgrade, so that bad ports are told.
      if (!asked.includes(TUNNELLED_PORT_FORWARD)) parsePorts(route.query, asked);
      const accepted = await acceptWebSocket(upgrade, { known, absent: 'v4.channel.k8s.io' });
      if (accepted === undefined) return;
      if (accepted.protocol === TUNNELLED_PORT_FORWARD) {
        const session = forwardSpdy(createWebSocketStream(accepted.socket), Buffer.alloc(0), forward);
        await this.#untilOver(session.closed, () => void session.close());
        accepted.socket.terminate();
        return;
      }
      const ports = parsePorts(route.query, accepted.protocol);
      const channels = forwardWebSocket(accepted.socket, { ...forward, protocol: accepted.protocol, ports });
      await this.#untilOver(channels.closed, () => channels.close());
      return;
    }
    assertSpdy(upgrade);
    if (acceptSpdy(request, socket, { known: [PORT_FORWARD], absent: PORT_FORWARD }) === undefined) return;
    const session = forwardSpdy(socket, head, forward);
    await this.#untilOver(session.closed, () => void session.close());
  }

  /** The address is that of now: a Pod may get one after the session began. */
  async #dial(pod: Pod, port: number): ReturnType<typeof dialPod> {
    const { podByUid, portForwardAddress, portForwardPolicy } = this.#options;
    const podIp = podByUid(uidOf(pod))?.status?.podIP;
    return await dialPod(podIp, port, {
      timeoutMs: DIAL_TIMEOUT_MS,
      policy: portForwardPolicy,
      ...(portForwardAddress === undefined ? {} : { localAddress: portForwardAddress }),
    });
  }

  async #untilOver(closed: AbortSignal, end: () => void): Promise<void> {
    if (closed.aborted) return;
    this.#stopping.signal.addEventListener('abort', end, { once: true });
    await once(closed, 'abort');
    this.#stopping.signal.removeEventListener('abort', end);
  }

  #count(by: number): void {
    this.#open += by;
    this.#options.metrics.gauge('eci_kubelet_streams', this.#open);
  }
}

function isWebSocket({ request }: StreamUpgrade): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

function assertSpdy({ request }: StreamUpgrade): void {
  if (request.headers.upgrade?.toLowerCase() === 'spdy/3.1') return;
  const message = 'unable to upgrade: only SPDY/3.1 and WebSocket are spoken here';
  throw new PodAccessError('UnknownUpgrade', message, { httpStatus: 400 });
}

/** Asks whether client and server know a version of the streams in common. */
function isNegotiable(upgrade: StreamUpgrade): boolean {
  const { headers } = upgrade.request;
  const [asked, known] = isWebSocket(upgrade)
    ? [headers['sec-websocket-protocol'], webSocketVersions]
    : [headers['x-stream-protocol-version'], spdyVersions];
  return chooseProtocol(asked?.toString(), known, 'channel.k8s.io') !== undefined;
}

function uidOf(pod: Pod): string {
  return pod.metadata?.uid ?? '';
}
