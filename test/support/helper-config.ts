import { mergeReading, type Outcome } from '../../src/credential-helper/config/last-good.ts';
import type { HelperConfig } from '../../src/credential-helper/config/model.ts';
import { readConfigMapData } from '../../src/credential-helper/config/reading/read-config.ts';

/** The configuration of the credential helper where nothing is said, with the given parts in place. */
export function aHelperConfig(parts: Partial<HelperConfig> = {}): HelperConfig {
  return {
    serviceAccounts: { kind: 'named', names: ['default'] },
    namespaces: { kind: 'named', names: ['default'] },
    expiringThresholdMs: 900_000,
    notifyEmail: 'cs@aliyuncs.com',
    entries: [{ position: 1, expireDurationSeconds: 3600 }],
    rrsaEnabled: false,
    webhook: { enabled: false, failurePolicy: 'Ignore', timeoutSeconds: 10 },
    ...parts,
  };
}

/** Reads the `data` of a ConfigMap as on a cold start. */
export function readCold(data: Record<string, string>): Outcome {
  return mergeReading({}, readConfigMapData(data));
}

/** Findings as `reason message`, without the sentence about what becomes of the key. */
export function tellFindings({ findings }: Pick<Outcome, 'findings'>): string[] {
  return findings.map(({ reason, message }) => `${reason} ${message}`);
}
