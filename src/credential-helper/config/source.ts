import type { EventTarget } from '../../kube/types.ts';
import type { ConfigState, Finding } from './model.ts';

/** Where the configuration comes from. It keeps the last good value of each key. */
export interface ConfigSource {
  current(): ConfigState;
  /** What there is to say about the present configuration. */
  findings(): readonly Finding[];
  /**
   * Called after each change of {@link ConfigSource.current} or of the findings, and not for a ConfigMap that says the same in another
   * way; and once more when {@link ConfigSource.target} is found later than that, for what waits to be told.
   */
  onChange(listener: () => void): void;
  /** The object that events about the configuration point at; undefined until it was seen. */
  target(): EventTarget | undefined;
  /** Follows the source until `signal` fires. Never rejects because of the API server. */
  run(signal: AbortSignal): Promise<void>;
}
