import { createHash } from 'node:crypto';
import { chainKey } from '../../credentials/role-chain.ts';
import type { EntryIdentity, EntryPlan } from './model.ts';

/** 96 bits: no two entries of one configuration ever meet. Longer ones would only make the annotation longer. */
const LENGTH = 24;

/**
 * Tells plans apart by everything that decides which password they yield and for which hosts. No secret goes into it: the
 * fingerprint is written to an annotation, where a hash over a key could be guessed at.
 * @returns hexadecimal digits, the same in every run of the program.
 */
export function fingerprintOf(plan: Omit<EntryPlan, 'description' | 'fingerprint'>): string {
  const { entry, regionId, instanceId, identity, chain } = plan;
  const hosts = entry.domains === undefined ? 'all' : entry.domains.toSorted();
  const parts = [partsOf(identity), chainKey(chain), instanceId ?? 'personal', regionId, hosts];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, LENGTH);
}

/** RAM treats names of roles without regard to case. */
function partsOf(identity: EntryIdentity): readonly string[] {
  switch (identity.kind) {
    case 'base':
      return [identity.kind, identity.base];
    case 'rrsa':
      return [identity.kind, identity.roleArn.toLowerCase(), identity.providerArn.toLowerCase()];
    case 'access-key':
      return [identity.kind, identity.key.accessKeyId];
    default:
      return identity satisfies never;
  }
}
