import type { Clock } from '../../clock.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { ObjectReader } from '../../kube/object-store.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeSecret } from '../../kube/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import { selects } from '../config/model.ts';
import type { ConfigSource } from '../config/source.ts';
import { SECRET_NAME } from '../names.ts';
import type { ConflictBook } from './conflict-book.ts';
import { conflictOf, knownSecret } from './known-secret.ts';
import { isEnding, type Namespace } from './namespace.ts';
import { RESYNC_MS } from './resync-times.ts';

/** Between two reads of the first round: quick enough to be of use soon, slow enough not to matter to the API server. */
const FIRST_PACE_MS = 200;
/** How soon a change of the configuration or of the role shows. */
const IDLE_MS = 10_000;

/** What the scout works with. */
export interface ConflictScoutOptions {
  client: Pick<KubeClient, 'get'>;
  clock: Clock;
  logger: Logger;
  source: Pick<ConfigSource, 'current'>;
  namespaces: Pick<ObjectReader<Namespace>, 'get' | 'list'>;
  conflicts: ConflictBook;
  /** The leader knows by itself. */
  isLeading: () => boolean;
  adoptExisting: boolean;
}

/**
 * Finds out in a replica that does not lead where there are Secrets of somebody else, so that the webhook, which any replica may be
 * asked as, leaves those namespaces alone. Works only while the webhook is on and another replica leads.
 */
export class ConflictScout {
  readonly #options: ConflictScoutOptions;

  constructor(options: ConflictScoutOptions) {
    this.#options = options;
  }

  /** Reads round by round, each watched namespace about every ten minutes, until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    let isFirstRound = true;
    while (!signal.aborted) {
      const names = this.#watched();
      for (const known of this.#options.conflicts.list()) {
        if (names !== undefined && !names.includes(known)) this.#options.conflicts.note(known, false);
      }
      const paceMs = isFirstRound ? FIRST_PACE_MS : Math.max(FIRST_PACE_MS, RESYNC_MS / (names?.length || 1));
      for (const name of names ?? []) {
        if (this.#watched()?.includes(name) === true) await this.#look(name);
        await this.#pause(paceMs, signal);
      }
      isFirstRound &&= names === undefined || names.length === 0;
      await this.#pause(IDLE_MS, signal);
    }
  }

  /** Sorted; undefined while there is nothing to find out. */
  #watched(): string[] | undefined {
    const { source, namespaces, isLeading } = this.#options;
    const state = source.current();
    if (isLeading() || state.kind === 'incomplete' || state.config.webhook?.enabled !== true) return undefined;
    const { namespaces: selection } = state.config;
    return namespaces
      .list()
      .flatMap(({ metadata: { name = '' } = {} }) => (selects(selection, name) ? [name] : []))
      .toSorted();
  }

  async #look(namespace: string): Promise<void> {
    const { client, conflicts, adoptExisting, logger, namespaces } = this.#options;
    if (isEnding(namespaces.get(namespace))) return conflicts.note(namespace, false);
    try {
      const path = resourcePath({ apiVersion: 'v1', resource: 'secrets', namespace, name: SECRET_NAME });
      const secret = await client.get<KubeSecret>(path);
      conflicts.note(namespace, conflictOf(knownSecret(secret), adoptExisting) !== undefined);
    } catch (error) {
      // What was known before still counts: nothing new was learned.
      if (isNotFound(error)) conflicts.note(namespace, false);
      else logger.debug('a Secret could not be looked at', { namespace, error });
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch(() => {});
  }
}
