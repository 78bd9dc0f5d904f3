import type { HelperConfig, RegistryEntry } from '../../src/credential-helper/config/model.ts';
import type { EntryPlan, PlannedEntry } from '../../src/credential-helper/entries/model.ts';
import { planEntries, type PlanContext } from '../../src/credential-helper/entries/plan-entries.ts';
import { Secret } from '../../src/secret.ts';

export const ROLE_A = 'acs:ram::111:role/a-role';
export const ROLE_B = 'acs:ram::222:role/b-role';
export const PROVIDER = 'acs:ram::111:oidc-provider/ack-rrsa-c1';
export const KEY_SECRET = 'CANARY-KEY-SECRET';

/** The fields by which RRSA is asked for. */
export const RRSA = { rrsaRoleArn: ROLE_A, rrsaProviderArn: PROVIDER } as const;
/** An access key of account B. */
export const ACCESS_KEY = { id: 'LTAI5tABCDEFGHIJK', secret: new Secret(KEY_SECRET) } as const;

/** An entry as the reader of the configuration makes it; Personal Edition in the region of the cluster unless it says otherwise. */
export function entryOf(fields: Partial<RegistryEntry> = {}): RegistryEntry {
  return { position: 1, expireDurationSeconds: 3600, ...fields };
}

export function configOf(entries: readonly RegistryEntry[], rrsaEnabled = false): HelperConfig {
  return {
    serviceAccounts: { kind: 'named', names: ['default'] },
    namespaces: { kind: 'named', names: ['default'] },
    expiringThresholdMs: 900_000,
    notifyEmail: 'cs@aliyuncs.com',
    entries,
    rrsaEnabled,
  };
}

const DEFAULTS: PlanContext = { base: 'worker-role', ownRegion: 'cn-hangzhou' };

/** Plans one entry. */
export function planOne(
  fields: Partial<RegistryEntry>,
  { rrsa = false, ...context }: Partial<PlanContext> & { rrsa?: boolean } = {},
): PlannedEntry {
  const [planned] = planEntries(configOf([entryOf(fields)], rrsa), { ...DEFAULTS, ...context });
  if (planned === undefined) throw new Error('one entry gives one plan');
  return planned;
}

/** Plans one entry that is served. */
export function servedPlan(
  fields: Partial<RegistryEntry>,
  options: Partial<PlanContext> & { rrsa?: boolean } = {},
): EntryPlan {
  const planned = planOne(fields, options);
  if (planned.kind === 'refused') throw new Error(planned.finding.message);
  return planned.plan;
}
