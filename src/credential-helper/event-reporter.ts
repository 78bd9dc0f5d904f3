import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { eventReasons } from '../event-reasons.ts';
import type { EventRecorder, EventTarget } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import type { Report, Reporter } from './report.ts';

/** The same thing is not told again for this long. */
const QUIET_MS = 600_000;
/** Things remembered as told; the oldest are forgotten, and may then be told early. */
const MAX_TOLD = 4096;
/** Reports that wait for the configuration to be seen; more of them would say nothing new. */
const MAX_WAITING = 100;

/** What a reporter tells with. */
export interface EventReporterOptions {
  recorder: Pick<EventRecorder, 'emit'>;
  /** The object that holds the configuration; undefined until it was seen. */
  configTarget: () => EventTarget | undefined;
  clock: Clock;
  logger: Logger;
}

/** Tells reports as events, and as lines of the log, which also reach those who run without a ConfigMap. */
export class EventReporter implements Reporter {
  readonly #options: EventReporterOptions;
  /** When each thing was told last, epoch milliseconds. */
  readonly #told = new LRUCache<string, number>({ max: MAX_TOLD });
  readonly #waiting: Report[] = [];

  constructor(options: EventReporterOptions) {
    this.#options = options;
  }

  aboutConfig(report: Report): void {
    const target = this.#options.configTarget();
    if (target !== undefined) {
      this.deliver();
      this.on(target, report);
      return;
    }
    if (!this.#isNews('', report)) return;
    this.#log('', report);
    this.#waiting.push(report);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  on(target: EventTarget, report: Report): void {
    if (!this.#isNews(target.uid, report)) return;
    this.#log(describe(target), report);
    this.#emit(target, report);
  }

  /** Tells what waited for the configuration to be seen. Call it when the configuration has changed; otherwise the next report does. */
  deliver(): void {
    const target = this.#options.configTarget();
    if (target === undefined) return;
    for (const report of this.#waiting.splice(0)) {
      if (this.#isNews(target.uid, report)) this.#emit(target, report);
    }
  }

  #isNews(about: string, { reason, message, sameAs }: Report): boolean {
    const key = JSON.stringify([about, reason, sameAs ?? message]);
    const nowMs = this.#options.clock.nowMs();
    const toldAtMs = this.#told.get(key);
    // A moment in the future is what is left of a clock that was set back.
    if (toldAtMs !== undefined && toldAtMs <= nowMs && nowMs < toldAtMs + QUIET_MS) return false;
    this.#told.set(key, nowMs);
    return true;
  }

  #emit(target: EventTarget, { reason, message }: Report): void {
    this.#options.recorder.emit(target, eventReasons[reason].type, reason, message);
  }

  #log(object: string, { reason, message: text }: Report): void {
    const fields = { reason, text, ...(object === '' ? {} : { object }) };
    if (eventReasons[reason].type === 'Normal') this.#options.logger.info('Reported', fields);
    else this.#options.logger.warn('Reported', fields);
  }
}

function describe({ kind, namespace, name }: EventTarget): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
