import { createHash } from 'node:crypto';
import { chainKey } from '../../credentials/role-chain.ts';
import type { EntryIdentity, EntryPlan } from './model.ts';

/**
 * Tells passwords apart: entries with one key are served by one password, whatever hosts they name. Identity, chain, edition, region
 * and instance are all in it, because a password of one is nothing to another. For the memory of this process only.
 */
export function credentialKey({ identity, chain, regionId, instanceId }: EntryPlan): string {
  return JSON.stringify([identityKey(identity), chainKey(chain), regionId, instanceId ?? 'personal']);
}

function identityKey(identity: EntryIdentity): readonly string[] {
  switch (identity.kind) {
    case 'base':
      return [identity.kind, identity.base];
    case 'rrsa':
      return [identity.kind, identity.roleArn, identity.providerArn];
    case 'access-key': {
      const { accessKeyId, accessKeySecret } = identity.key;
      // A secret that was corrected is another identity; the fingerprint, which is written down, cannot say so.
      return [identity.kind, accessKeyId, createHash('sha256').update(accessKeySecret.reveal()).digest('hex')];
    }
    default:
      return identity satisfies never;
  }
}
