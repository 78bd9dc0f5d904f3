import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createAccessKeyIdentity } from '../../alibaba/identity/access-key.ts';
import { createEcsRoleIdentity } from '../../alibaba/identity/ecs-role.ts';
import { createManagedTokenIdentity } from '../../alibaba/identity/managed-token-file.ts';
import { createRrsaIdentity } from '../../alibaba/identity/rrsa.ts';
import type { MetadataClient } from '../../alibaba/metadata.ts';
import type { StsClient } from '../../alibaba/sts.ts';
import type { Clock } from '../../clock.ts';
import { createChainRunner, type ChainRunner } from '../../credentials/chain.ts';
import type { AccessKey, CrPort, Identity } from '../../credentials/types.ts';
import type { Logger, Metrics } from '../../telemetry/types.ts';
import { createAddonSecretIdentity } from './addon-secret-identity.ts';
import type { BaseIdentity, EntryIdentity, EntryPlan } from './model.ts';
import { describeEntryIdentity } from './plan-description.ts';

/** More than this many identities in one configuration still work, and share less. */
const MAX_IDENTITIES = 500;

const NO_TOKEN_FILE =
  'RRSA was configured before the Pod of the helper had the token volume, which is added only when a Pod is created; delete that Pod once';

/** The identities of all entries. */
export interface IdentitySet {
  /** @returns the runner of the entry's identity: entries that start as the same identity share its sessions and passwords. */
  chainsFor(plan: Pick<EntryPlan, 'identity'>): ChainRunner;
}

/** What identities are made with. */
export interface IdentitySetOptions {
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
  logger: Logger;
  metrics: Metrics;
  sts: StsClient;
  cr: CrPort;
  metadata: MetadataClient;
  /** Of all sessions; see `createSessionName`. */
  sessionName: string;
  managedTokenFile: string;
  rrsaTokenFile: string;
  /** Reads the access key of the add-on Secret; see `readAddonSecretKey`. */
  addonKey: () => Promise<AccessKey>;
}

/** Makes a set without any identity. Makes no call: a wrong identity shows at the first use of its runner. */
export function createIdentitySet(options: IdentitySetOptions): IdentitySet {
  const { clock, random, logger, metrics, sts, cr, metadata, sessionName } = options;
  const runners = new LRUCache<string, ChainRunner>({ max: MAX_IDENTITIES });

  function create(identity: EntryIdentity): Identity {
    const description = describeEntryIdentity(identity);
    switch (identity.kind) {
      case 'base':
        return createBase(identity.base, description);
      case 'rrsa': {
        const { roleArn, providerArn: oidcProviderArn } = identity;
        const named = { sts, clock, log: logger, sessionName, description, tokenFile: options.rrsaTokenFile };
        return createRrsaIdentity({ ...named, roleArn, oidcProviderArn, noTokenFile: NO_TOKEN_FILE });
      }
      case 'access-key':
        return createAccessKeyIdentity(identity.key);
      default:
        return identity satisfies never;
    }
  }

  function createBase(base: BaseIdentity, description: string): Identity {
    switch (base) {
      case 'managed-role':
        return createManagedTokenIdentity({ path: options.managedTokenFile, clock, description });
      case 'worker-role':
        return createEcsRoleIdentity({ metadata, clock, log: logger, description });
      case 'addon-secret':
        return createAddonSecretIdentity({ read: options.addonKey, clock, log: logger, description });
      default:
        return base satisfies never;
    }
  }

  return {
    chainsFor: ({ identity }) => {
      const key = keyOf(identity);
      const known = runners.get(key);
      if (known !== undefined) return known;
      const own = create(identity);
      const runner = createChainRunner({ identity: own, sts, cr, clock, random, sessionName, metrics, logger });
      runners.set(key, runner);
      return runner;
    },
  };
}

/** A key whose secret was corrected is another identity, or the wrong one would go on being used. Never leaves this file. */
function keyOf(identity: EntryIdentity): string {
  switch (identity.kind) {
    case 'base':
      return JSON.stringify([identity.kind, identity.base]);
    case 'rrsa':
      return JSON.stringify([identity.kind, identity.roleArn, identity.providerArn]);
    case 'access-key': {
      const { accessKeyId, accessKeySecret } = identity.key;
      const digest = createHash('sha256').update(accessKeySecret.reveal()).digest('hex');
      return JSON.stringify([identity.kind, accessKeyId, digest]);
    }
    default:
      return identity satisfies never;
  }
}
