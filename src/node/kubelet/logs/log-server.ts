import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../clock.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Logger, Metrics } from '../../../telemetry/types.ts';
import { PodAccessError } from '../pod-access-error.ts';
import type { LogLine, LogQuery, PodAccess } from '../pod-access.ts';
import { beginning, cursorAfter } from './log-cursor.ts';
import { parseLogParameters } from './log-parameters.ts';
import type { LogParameters } from './log-parameters.ts';
import { hasContainer, logSource } from './log-source.ts';
import type { LogSource } from './log-source.ts';
import { LogTail, MAX_LINES } from './log-tail.ts';
import { LogWriter } from './log-writer.ts';
import { withinShareMs } from './poll-interval.ts';
import { SharedReads } from './shared-reads.ts';

/** Read in front of a follower besides what it wants to see, so that the lines of the last second are known. */
const FOLLOW_OVERLAP = 100;

/** What somebody who attaches is shown of the time before. */
const SCREEN_LINES = 10;

/** Source: RFC 7234, warn-code 199: a text for people, about the answer that carries it. */
const TRUNCATED = `199 eci-kubelet "the service gives the last ${MAX_LINES} lines of a log"`;

export interface LogServerOptions {
  access: Pick<PodAccess, 'readLog'>;
  /** The Pod as it is now; undefined when it is gone. */
  podByUid: (uid: string) => Pod | undefined;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** What all followers together may use of the budget of calls. */
  followCallsPerMinute: number;
}

/** Where a follower goes on. */
interface FollowFrom {
  uid: string;
  container: string;
  signal: AbortSignal;
  /** What it has read. */
  lines: readonly LogLine[];
  source: LogSource & { kind: 'readable' };
}

/** Serves `/containerLogs`. Followers of one container share one poller, and all pollers one share of the budget. */
export class LogServer {
  readonly #options: LogServerOptions;
  readonly #reads: SharedReads;
  readonly #tails = new Map<string, LogTail>();

  constructor(options: LogServerOptions) {
    this.#options = options;
    this.#reads = new SharedReads(options.access);
  }

  /**
   * Writes the log, and goes on until it ends where the caller follows it.
   * @param signal fires when the client is gone or the server stops.
   * @throws PodAccessError before the headers are sent; a failure after that breaks the connection off.
   */
  async serve(
    response: ServerResponse,
    log: { pod: Pod; container: string; query: URLSearchParams; signal: AbortSignal },
  ): Promise<void> {
    const { pod, container, query, signal } = log;
    const podName = pod.metadata?.name ?? '';
    if (!hasContainer(pod, container)) {
      const message = `container "${container}" not found in pod "${podName}"`;
      throw new PodAccessError('ContainerNotFound', message, { httpStatus: 404 });
    }
    const parameters = parseLogParameters(query);
    const source = logSource(pod, container, parameters.previous);
    if (source.kind === 'refused') throw new PodAccessError('NoLogYet', source.text, { httpStatus: 400 });
    const uid = pod.metadata?.uid ?? '';
    const lines = await this.#reads.read({ uid, container }, firstQuery(parameters), signal);
    const { tailLines } = parameters;
    const shown = tailLines === undefined ? lines : tailLines === 0 ? [] : lines.slice(-tailLines);
    const truncated = lines.length >= MAX_LINES && (tailLines === undefined || tailLines > MAX_LINES);
    response.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      ...(truncated ? { warning: TRUNCATED } : {}),
    });
    response.flushHeaders();
    const writer = new LogWriter(response, parameters, signal);
    await writer.write(shown);
    if (parameters.follow && !parameters.previous && !writer.full) {
      await this.#follow(writer, { uid, container, signal, lines, source });
    }
    response.end();
  }

  /**
   * The last lines of a running container's log, and then what comes until it has ended.
   * @param signal fires when nobody reads any more.
   * @throws PodAccessError while iterating.
   */
  async *follow(pod: Pod, container: string, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
    const uid = pod.metadata?.uid ?? '';
    const source = logSource(pod, container, false);
    if (source.kind === 'refused') throw new PodAccessError('NoLogYet', source.text, { httpStatus: 400 });
    const query = { previous: false, following: false, tailLines: FOLLOW_OVERLAP };
    const lines = await this.#reads.read({ uid, container }, query, signal);
    yield lines.slice(-SCREEN_LINES);
    yield* this.#fresh({ uid, container, signal, lines, source });
  }

  async #follow(writer: LogWriter, from: FollowFrom): Promise<void> {
    for await (const batch of this.#fresh(from)) {
      await writer.write(batch);
      if (writer.full) return;
    }
  }

  /** What comes after the lines that were read, from the poller that all followers of a container share. */
  async *#fresh({ uid, container, signal, lines, source }: FollowFrom): AsyncGenerator<readonly LogLine[]> {
    const key = `${uid}/${container}`;
    const tail = this.#tails.get(key) ?? this.#createTail(uid, container);
    this.#tails.set(key, tail);
    const cursor = lines.length === 0 ? beginning : cursorAfter(lines);
    this.#count(1);
    try {
      yield* tail.follow(cursor, source.instance, signal);
    } finally {
      this.#count(-1);
      if (tail.size === 0) this.#tails.delete(key);
      this.#gauges();
    }
  }

  #followers = 0;

  #count(by: number): void {
    this.#followers += by;
    this.#gauges();
  }

  #gauges(): void {
    this.#options.metrics.gauge('eci_kubelet_log_followers', this.#followers);
    this.#options.metrics.gauge('eci_kubelet_log_tails', this.#tails.size);
  }

  #createTail(uid: string, container: string): LogTail {
    const { clock, logger, metrics, podByUid, followCallsPerMinute } = this.#options;
    return new LogTail({
      target: { uid, container },
      clock,
      logger,
      metrics,
      read: (target, query, signal) => this.#reads.read(target, query, signal),
      source: () => {
        const pod = podByUid(uid);
        return pod === undefined ? undefined : logSource(pod, container, false);
      },
      withinShareMs: (intervalMs) => withinShareMs(intervalMs, this.#tails.size, followCallsPerMinute),
    });
  }
}

/** What is read first. Lines that are only needed to know where to go on are read as well, and not shown. */
function firstQuery({ follow, previous, tailLines, sinceSeconds, sinceTime }: LogParameters): LogQuery {
  const wanted = tailLines === undefined ? MAX_LINES : Math.min(tailLines, MAX_LINES);
  return {
    previous,
    following: false,
    tailLines: follow ? Math.max(wanted, FOLLOW_OVERLAP) : wanted,
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  };
}
