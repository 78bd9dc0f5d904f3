import type { ServerResponse } from 'node:http';
import { failureAnswer } from '../failure-answer.ts';
import { PodAccessError } from '../pod-access-error.ts';
import { preparePortForward } from '../port-forward/prepare-port-forward.ts';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import type { StreamHandlers, StreamRequest, StreamUpgrade } from '../stream-handlers.ts';
import { prepareCommand } from './prepare-command.ts';
import { answerRun } from './run-command.ts';
import type { StartStream } from './running-stream.ts';
import { parseRunCommand } from './stream-parameters.ts';
import type { StreamsOptions } from './streams-options.ts';

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
    void this.#serve(upgrade);
  }

  async post({ route, response }: StreamRequest & { response: ServerResponse }): Promise<void> {
    if (route.kind !== 'run') {
      throw new PodAccessError('UpgradeRequired', 'Upgrade request required', { httpStatus: 400 });
    }
    const { pod, container = '', query } = route;
    const command = parseRunCommand(query);
    const uid = pod.metadata?.uid ?? '';
    const gone = new AbortController();
    const onGone = (): void => gone.abort();
    response.once('close', onGone);
    const session = await this.#options.access.exec({
      ...{ uid, container, command, tty: false, stdin: false },
      signal: AbortSignal.any([gone.signal, this.#stopping.signal]),
    });
    await answerRun(session, response);
  }

  close(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  /** Serves one connection to its end. Never throws. */
  async #serve(upgrade: StreamUpgrade): Promise<void> {
    const { socket, route } = upgrade;
    const stopping = this.#stopping.signal;
    let end = (): void => void socket.destroy();
    const onStop = (): void => end();
    stopping.addEventListener('abort', onStop, { once: true });
    this.#count(1);
    try {
      if (stopping.aborted) end();
      const start = await this.#prepare(upgrade);
      const stream = await start?.();
      if (stream === undefined) return;
      end = () => stream.end();
      if (stopping.aborted) end();
      await stream.over;
    } catch (error) {
      // HTTP is over on this connection: there is nothing left to tell it in.
      socket.destroy();
      this.#options.logger.error('a stream of the kubelet API failed', { kind: route.kind, error });
    } finally {
      stopping.removeEventListener('abort', onStop);
      this.#count(-1);
    }
  }

  /** @returns undefined when the client was told that it is not served. */
  async #prepare(upgrade: StreamUpgrade): Promise<StartStream | undefined> {
    const { socket, route } = upgrade;
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    socket.once('close', onClose);
    if (socket.destroyed) onClose();
    try {
      if (route.kind === 'portForward') return preparePortForward(upgrade, this.#options);
      return await prepareCommand(upgrade, gone.signal, this.#options);
    } catch (error) {
      if (!(error instanceof PodAccessError)) {
        this.#options.logger.error('a stream of the kubelet API failed', { kind: route.kind, error });
      }
      const { httpStatus, text } = failureAnswer(error);
      refuseUpgrade(socket, httpStatus, text);
      return undefined;
    } finally {
      socket.off('close', onClose);
    }
  }

  #count(by: number): void {
    this.#open += by;
    this.#options.metrics.gauge('eci_kubelet_streams', this.#open);
  }
}
