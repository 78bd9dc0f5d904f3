import type { Clock } from '../../clock.ts';
import { createReflector, type Reflector, type ReflectorEvent } from '../../kube/reflector.ts';
import type { ConfigMap, EventTarget, KubeClient } from '../../kube/types.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { ConfigKeeper } from './config-keeper.ts';
import type { ConfigState, Finding } from './model.ts';
import { readConfigMapData } from './reading/read-config.ts';
import type { ConfigSource } from './source.ts';

/** What the watch of the ConfigMap works with. */
export interface ConfigMapSourceOptions {
  client: Pick<KubeClient, 'list' | 'watch'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  namespace: string;
  name: string;
}

/**
 * Follows the ConfigMap. The watch names it, so that permission for this one is enough. A ConfigMap that goes away changes nothing
 * but the findings.
 */
export function createConfigMapSource(options: ConfigMapSourceOptions): ConfigSource {
  return new ConfigMapSource(options);
}

class ConfigMapSource implements ConfigSource {
  readonly #reflector: Reflector<ConfigMap>;
  readonly #keeper: ConfigKeeper;
  #target: EventTarget | undefined;

  constructor({ namespace, name, ...options }: ConfigMapSourceOptions) {
    this.#keeper = new ConfigKeeper({ ...options, origin: `ConfigMap ${namespace}/${name}`, key: name });
    this.#reflector = createReflector<ConfigMap>({
      ...options,
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      fieldSelector: `metadata.name=${name}`,
      onEvent: (event) => this.#apply(event, namespace, name),
    });
  }

  current(): ConfigState {
    const state = this.#keeper.state();
    const failure = this.#reflector.lastError();
    if (state.kind === 'complete' || failure === undefined) return state;
    return { kind: 'incomplete', why: `${state.why}; the last look at it failed: ${failure.message}` };
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

  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  #apply({ type, object }: ReflectorEvent<ConfigMap>, namespace: string, name: string): void {
    // Events about a deleted object are kept as well, and people look for them under its name.
    this.#target = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name, uid: object.metadata?.uid ?? '' };
    if (type === 'deleted') this.#keeper.lose('is missing');
    else this.#keeper.take(readConfigMapData(object.data ?? {}));
  }
}
