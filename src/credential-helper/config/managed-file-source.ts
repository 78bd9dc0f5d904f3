import { readFile } from 'node:fs/promises';

import type { Clock } from '../../clock.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import type { EventTarget, KubeClient, KubeObject } from '../../kube/types.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { CONFIG_NAMESPACE, OWN_SERVICE_ACCOUNT } from '../names.ts';
import { ConfigKeeper } from './config-keeper.ts';
import type { ConfigState, Finding } from './model.ts';
import { readManagedConfig } from './reading/read-config.ts';
import type { ConfigSource } from './source.ts';

/** What the watch of the file works with. */
export interface ManagedFileSourceOptions {
  client: Pick<KubeClient, 'get'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  path: string;
  /** The ConfigMap that the file takes the place of: where it exists, people look for events on it. */
  configMap: { namespace: string; name: string };
  /** Reads the file. @throws an error with a `code` such as ENOENT. */
  read?: (path: string) => Promise<string>;
}

/** Half of what users are promised. */
const LOOK_MS = 5_000;
/** An object for events that is not there yet is looked for again. */
const TARGET_LOOK_MS = 60_000;

/**
 * Follows a JSON file in the form of the managed add-on. Its content is compared, not its times, so that a file that is replaced, or
 * a link that is turned, is seen. A file that is gone or broken changes nothing but the findings.
 *
 * Events need an object: the ConfigMap if there is one, else the ServiceAccount of this program.
 */
export function createManagedFileSource(options: ManagedFileSourceOptions): ConfigSource {
  return new ManagedFileSource(options);
}

class ManagedFileSource implements ConfigSource {
  readonly #options: ManagedFileSourceOptions;
  readonly #keeper: ConfigKeeper;
  #target: EventTarget | undefined;
  /** Content as last seen; undefined when it could not be read. */
  #seen: string | undefined;

  constructor(options: ManagedFileSourceOptions) {
    this.#options = options;
    this.#keeper = new ConfigKeeper({ ...options, origin: `the file ${options.path}`, key: 'managed-config-file' });
  }

  current(): ConfigState {
    return this.#keeper.state();
  }

  findings(): readonly Finding[] {
    return this.#keeper.findings();
  }

  onChange(listener: () => void): void {
    this.#keeper.onChange(listener);
  }

  target(): EventTarget | undefined {
    return this.#target;
  }

  async run(signal: AbortSignal): Promise<void> {
    // Side by side: an API server that does not answer must not hold back the file.
    await Promise.all([
      this.#repeat(LOOK_MS, signal, async () => {
        await this.#look();
        return false;
      }),
      this.#repeat(TARGET_LOOK_MS, signal, async () => {
        this.#target = await this.#findTarget();
        if (this.#target === undefined) return false;
        this.#keeper.notify();
        return true;
      }),
    ]);
  }

  async #repeat(everyMs: number, signal: AbortSignal, act: () => Promise<boolean>): Promise<void> {
    while (!signal.aborted) {
      if (await act()) return;
      // Only the signal ends a sleep early, and the loop looks at it next.
      await this.#options.clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { path, read = readText } = this.#options;
    let text: string;
    try {
      text = await read(path);
    } catch (error) {
      this.#seen = undefined;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') this.#keeper.lose('is missing');
      else this.#keeper.lose('cannot be read', code ?? 'unknown error');
      return;
    }
    if (text === this.#seen) return;
    this.#seen = text;
    const reading = readManagedConfig(text);
    if ('problem' in reading) this.#keeper.lose('cannot be read', reading.problem);
    else this.#keeper.take(reading);
  }

  async #findTarget(): Promise<EventTarget | undefined> {
    const { client, configMap, logger } = this.#options;
    const candidates = [
      { kind: 'ConfigMap', resource: 'configmaps', ...configMap },
      {
        kind: 'ServiceAccount',
        resource: 'serviceaccounts',
        namespace: CONFIG_NAMESPACE,
        name: OWN_SERVICE_ACCOUNT,
      },
    ];
    for (const { kind, resource, namespace, name } of candidates) {
      try {
        const { metadata } = await client.get<KubeObject>(`/api/v1/namespaces/${namespace}/${resource}/${name}`);
        return { apiVersion: 'v1', kind, namespace, name, uid: metadata?.uid ?? '' };
      } catch (error) {
        if (isNotFound(error) || isForbidden(error)) continue;
        logger.warn('no object for events about the configuration was found; it is looked for again', { error });
        return undefined;
      }
    }
    return undefined;
  }
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8');
}
