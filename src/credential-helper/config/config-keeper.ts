import { createHash } from 'node:crypto';

import { Secret } from '../../secret.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { mergeReading, type LastGood } from './last-good.ts';
import type { ConfigState, Finding, FindingReason } from './model.ts';
import { finding } from './reading/reading.ts';
import type { ConfigReading } from './reading/read-config.ts';

/** What both sources of configuration tell about themselves. */
export interface ConfigKeeperOptions {
  /** As people call it: `ConfigMap kube-system/acr-configuration`. */
  origin: string;
  /** Stands in findings about the origin as a whole. */
  key: string;
  logger: Logger;
  metrics: Metrics;
}

/** Holds what both sources of configuration have in common: the last good values, and who wants to know of changes. */
export class ConfigKeeper {
  readonly #origin: string;
  readonly #key: string;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #listeners: (() => void)[] = [];
  #lastGood: LastGood = {};
  #state: ConfigState;
  #findings: readonly Finding[] = [];
  /** Those of the configuration that was read last, which stays in force when the origin goes away. */
  #findingsInForce: readonly Finding[] = [];
  #seen: string;

  constructor({ origin, key, logger, metrics }: ConfigKeeperOptions) {
    this.#origin = origin;
    this.#key = key;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#count();
    this.#state = { kind: 'incomplete', why: `waiting for ${origin}` };
    this.#seen = fingerprint(this.#state, this.#findings);
  }

  state(): ConfigState {
    return this.#state;
  }

  findings(): readonly Finding[] {
    return this.#findings;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Takes what was read. */
  take(reading: ConfigReading): void {
    const { lastGood, state, findings } = mergeReading(this.#lastGood, reading);
    this.#lastGood = lastGood;
    this.#findingsInForce = findings;
    this.#change(state, findings);
  }

  /** Notes that the whole is gone, or cannot be read. What held before stays in force: this is no way to uninstall. */
  lose(why: 'is missing' | 'cannot be read', detail?: string): void {
    const what = `${this.#origin} ${why}${detail === undefined ? '' : ` (${detail})`}`;
    if (this.#state.kind === 'complete') {
      const told = finding('ConfigInvalid', this.#key, `${what}; what was read before stays in force`);
      this.#change(this.#state, [told, ...this.#findingsInForce]);
      return;
    }
    const told = finding('ConfigInvalid', this.#key, `${what}; nothing is written until it can be read`);
    this.#change(
      { kind: 'incomplete', why: why === 'is missing' ? `waiting for ${this.#origin}` : what },
      why === 'is missing' ? [] : [told],
    );
  }

  #change(state: ConfigState, findings: readonly Finding[]): void {
    this.#state = state;
    this.#findings = findings;
    const seen = fingerprint(state, findings);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#count();
    this.#logger.info('configuration changed', { origin: this.#origin, ...summary(state), findings: findings.length });
    this.notify();
  }

  #count(): void {
    for (const reason of ['ConfigInvalid', 'ConfigWarning', 'EntryInvalid'] satisfies FindingReason[]) {
      const count = this.#findings.filter((item) => item.reason === reason).length;
      this.#metrics.gauge('eci_kubelet_helper_configuration_findings', count, { reason });
    }
  }
}

function summary(state: ConfigState): Record<string, unknown> {
  if (state.kind === 'incomplete') return { state: state.kind, why: state.why };
  const { serviceAccounts, namespaces, entries, rrsaEnabled, webhook } = state.config;
  return { state: state.kind, entries: entries.length, namespaces, serviceAccounts, rrsaEnabled, webhook };
}

/** Another secret is a change as well, so they count; a digest keeps none of them. */
function fingerprint(state: ConfigState, findings: readonly Finding[]): string {
  const text = JSON.stringify([state, findings], function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    return original instanceof Secret ? original.reveal() : value;
  });
  return createHash('sha256').update(text).digest('hex');
}
