import { SimError } from '../../types.ts';
import type { AcrState, Authorizer, IssuedPassword, Principal } from '../../types.ts';
import type { RequestedRegistryInfo } from '../parameters/credentials.ts';
import type { PasswordTarget } from './credential-path.ts';

/** The services that ECI calls to obtain a registry password. */
export interface ChainServices {
  readonly authorizer: Pick<Authorizer, 'assumeAs'>;
  readonly acr: Pick<AcrState, 'issue'>;
}

/** The role through which ECI acts for an account when nothing else is named. Source: ECI help centre, AliyunServiceRoleForECI. */
const SERVICE_LINKED_ROLE = 'AliyunServiceRoleForECI';

/** @returns the role ARNs of an entry joined by `>`, or `service-linked-role`. */
export function describeChain({ ArnService, ArnUser }: RequestedRegistryInfo): string {
  return [ArnService, ArnUser].filter((arn) => arn !== undefined).join('>') || 'service-linked-role';
}

/**
 * Runs a chain as ECI does at each pull: the service assumes the role of the owner's account, that session assumes the
 * role of the registry's account, and the last session asks for a password.
 * @throws SimError with the refusing service's code; the message tells which hop it was.
 */
export function runAcrChain(
  accountId: string,
  { ArnService, ArnUser }: RequestedRegistryInfo,
  options: { target: PasswordTarget; services: ChainServices },
): IssuedPassword {
  const { authorizer, acr } = options.services;
  if (ArnService === undefined && ArnUser !== undefined) {
    throw new SimError(400, 'InvalidParameter', 'ArnUser is of no use without ArnService');
  }
  const serviceRole = ArnService ?? `acs:ram::${accountId}:role/${SERVICE_LINKED_ROLE}`;
  // A role may be named by anybody; only the account that pays for the instance may have it assumed.
  if (serviceRole.split(':')[3] !== accountId) {
    throw new SimError(
      403,
      'NoPermission',
      `${serviceRole} is not a role of the account ${accountId} of this resource`,
    );
  }
  const service: Principal = { kind: 'service', accountId, arn: 'eci.aliyuncs.com', accessKeyId: '' };
  let session = hop(`AssumeRole ${serviceRole}`, () => authorizer.assumeAs(service, serviceRole));
  if (ArnUser !== undefined) {
    const first = session;
    session = hop(`AssumeRole ${ArnUser}`, () => authorizer.assumeAs(first, ArnUser));
  }
  const last = session;
  return hop('GetAuthorizationToken', () => acr.issue(last, options.target));
}

function hop<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SimError) {
      throw new SimError(error.httpStatus, error.code, `${what}: ${error.code}: ${error.message}`, error.extra);
    }
    throw error;
  }
}
