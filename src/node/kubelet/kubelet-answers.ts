import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogServer } from './logs/log-server.ts';
import { PodAccessError } from './pod-access-error.ts';
import { podList, runningPodList } from './pod-lookup.ts';
import type { PodLookup } from './pod-lookup.ts';
import type { RouteAnswer, RouteMatch } from './routes.ts';
import { resourceMetrics } from './stats/resource-metrics.ts';
import { statsSummary } from './stats/summary.ts';
import type { UsageCache } from './stats/usage-cache.ts';
import type { KubeletUser } from './kubelet-user.ts';
import type { StreamHandlers, StreamRoute } from './stream-handlers.ts';
import type { Pod } from '../../kube/types.ts';
import { hasContainer } from './logs/log-source.ts';

const PLAIN_TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

export interface KubeletAnswersOptions {
  pods: PodLookup;
  logs: LogServer;
  usage: UsageCache;
  streams: StreamHandlers;
  /** Metrics of this program. */
  metrics: { contentType: string; text(): Promise<string> };
}

/** A request that was let through. */
export interface KubeletRequest {
  request: IncomingMessage;
  response: ServerResponse;
  match: RouteMatch;
  query: URLSearchParams;
  user: KubeletUser;
  /** Fires when the client is gone or the server stops. */
  signal: AbortSignal;
}

/** Answers requests by route. */
export class KubeletAnswers {
  readonly #options: KubeletAnswersOptions;

  constructor(options: KubeletAnswersOptions) {
    this.#options = options;
  }

  /** @throws PodAccessError for what the caller should be told. */
  async answer(kubeletRequest: KubeletRequest): Promise<void> {
    const { request, response, match, query, user, signal } = kubeletRequest;
    const { pods, logs, usage, streams, metrics } = this.#options;
    const { answer } = match.route;
    switch (answer) {
      case 'health':
        return send(response, PLAIN_TEXT, 'ok');
      case 'pods':
        return send(response, JSON_TYPE, JSON.stringify(podList(pods.list())));
      case 'running-pods':
        return send(response, JSON_TYPE, JSON.stringify(runningPodList(pods.instances())));
      case 'log': {
        const { container = '' } = match.parameters;
        return await logs.serve(response, { pod: this.#pod(match), container, query, signal });
      }
      case 'exec':
      case 'attach':
      case 'portForward':
      case 'run':
        return await streams.post({ request, response, user, route: this.streamRoute(answer, match, query) });
      case 'summary': {
        const snapshot = await usage.read();
        if (snapshot.pods.length === 0 && snapshot.failure !== undefined) throw snapshot.failure;
        const onlyCpuAndMemory = query.get('only_cpu_and_memory') === 'true';
        return send(response, JSON_TYPE, JSON.stringify(statsSummary(snapshot, onlyCpuAndMemory)));
      }
      case 'resource-metrics':
        return send(response, PROMETHEUS, resourceMetrics(await usage.read()));
      case 'own-metrics':
        return send(response, metrics.contentType, await metrics.text());
      case 'absent':
        throw notFound();
      default:
        answer satisfies never;
    }
  }

  /** Looks up what a stream is about. @throws PodAccessError 404. */
  streamRoute(kind: RouteAnswer & StreamRoute['kind'], match: RouteMatch, query: URLSearchParams): StreamRoute {
    const pod = this.#pod(match);
    const { container } = match.parameters;
    if (container === undefined) return { kind, pod, query };
    if (!hasContainer(pod, container)) {
      const message = `container "${container}" not found in pod "${pod.metadata?.name ?? ''}"`;
      throw new PodAccessError('ContainerNotFound', message, { httpStatus: 404 });
    }
    return { kind, pod, container, query };
  }

  #pod({ parameters }: RouteMatch): Pod {
    const { namespace = '', pod: name = '', uid } = parameters;
    const pod = this.#options.pods.byName(namespace, name);
    if (pod === undefined || (uid !== undefined && pod.metadata?.uid !== uid)) {
      throw new PodAccessError('PodNotFound', `pod "${name}" does not exist`, { httpStatus: 404 });
    }
    return pod;
  }
}

/** Source: go-restful, which kubelet answers with. */
export function notFound(): PodAccessError {
  return new PodAccessError('NotFound', '404: Page Not Found', { httpStatus: 404 });
}

function send(response: ServerResponse, contentType: string, body: string): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
