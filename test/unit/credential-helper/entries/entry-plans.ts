import type { RegistryEntry } from '../../../../src/credential-helper/config/model.ts';
import type { EntryPlan } from '../../../../src/credential-helper/entries/model.ts';
import type { RoleChain } from '../../../../src/credentials/role-chain.ts';

/** Role in the account of the registry. */
export const ROLE_B = 'acs:ram::222:role/b-role';
/** Role in the account of the cluster, for RRSA. */
export const ROLE_A = 'acs:ram::111:role/a-role';
export const PROVIDER = 'acs:ram::111:oidc-provider/ack-rrsa-c1';

export function registryEntry(entry: Partial<RegistryEntry> = {}): RegistryEntry {
  return { position: 1, expireDurationSeconds: 3600, ...entry };
}

/** A plan that says only what the test is about: by default the worker role asks for Personal Edition in cn-hangzhou. */
export function entryPlan(
  plan: Partial<Omit<EntryPlan, 'entry'>> & { entry?: Partial<RegistryEntry> } = {},
): EntryPlan {
  const { entry: given, ...rest } = plan;
  const entry = registryEntry({
    ...(rest.instanceId === undefined ? {} : { instanceId: rest.instanceId }),
    ...given,
  });
  const regionId = rest.regionId ?? 'cn-hangzhou';
  const identity = rest.identity ?? { kind: 'base', base: 'worker-role' };
  const chain = rest.chain ?? [];
  const fingerprint = JSON.stringify([identity.kind, chain, rest.instanceId ?? '', regionId, entry.domains ?? '']);
  return { description: 'worker role', fingerprint, ...rest, entry, regionId, identity, chain };
}

/** The chain into the account of the registry. */
export function chainToB(durationSeconds = 3600): RoleChain {
  return [{ roleArn: ROLE_B, name: 'assumed role', durationSeconds }];
}
