import type { Clock } from '../../clock.ts';
import type { Identity } from '../../credentials/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { MetadataClient } from '../metadata.ts';
import type { StsClient } from '../sts.ts';
import { createAccessKeyIdentity } from './access-key.ts';
import { createEcsRoleIdentity } from './ecs-role.ts';
import { createFileIdentity } from './file.ts';
import { createRrsaIdentity } from './rrsa.ts';
import type { IdentityChoice } from './select-identity.ts';

export interface IdentityDependencies {
  clock: Clock;
  log: Logger;
  sts: StsClient;
  metadata: MetadataClient;
  /** Of RRSA sessions; shows up in ActionTrail. At most 32 characters of `A-Z a-z 0-9 . @ - _`. */
  sessionName: string;
  /** Of RRSA sessions; one hour when absent. */
  durationSeconds?: number;
}

/** Builds the identity that was decided for. Makes no call: a wrong choice shows at the first {@link Identity.accessKey}. */
export function createIdentity(choice: IdentityChoice, dependencies: IdentityDependencies): Identity {
  const { clock, log, sts, metadata, sessionName, durationSeconds } = dependencies;
  switch (choice.kind) {
    case 'access-key':
      return createAccessKeyIdentity(choice.key);
    case 'rrsa':
      return createRrsaIdentity({
        ...choice,
        sts,
        clock,
        log,
        sessionName,
        ...(durationSeconds === undefined ? {} : { durationSeconds }),
      });
    case 'ecs-role':
      return createEcsRoleIdentity({
        metadata,
        clock,
        log,
        ...(choice.roleName === undefined ? {} : { roleName: choice.roleName }),
      });
    case 'file':
      return createFileIdentity({ ...choice, clock, log });
    default:
      return choice satisfies never;
  }
}
