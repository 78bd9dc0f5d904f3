import type { Clock } from '../../clock.ts';
import type { Identity } from '../../credentials/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { MetadataClient } from '../metadata.ts';
import { createSessionCache } from './session-cache.ts';

export interface EcsRoleOptions {
  metadata: MetadataClient;
  clock: Clock;
  log: Logger;
  /** Absent: the role that is attached to the machine, looked up at each renewal because it can be replaced. */
  roleName?: string;
  /** How messages call it; `ECS role …` when absent. */
  description?: string;
}

/** Creates the identity of the ECS instance that this program runs on. */
export function createEcsRoleIdentity({ metadata, clock, log, roleName, description }: EcsRoleOptions): Identity {
  return createSessionCache({
    description: description ?? (roleName === undefined ? 'ECS role' : `ECS role ${roleName}`),
    clock,
    log,
    fetch: async () => await metadata.roleCredentials(roleName ?? (await metadata.roleName())),
  });
}
