import { SimError } from '../types.ts';
import { parsePermissionPolicy, PolicyGrammarError } from '../ram/policy-document.ts';

/** Source: STS API reference, AssumeRole. */
const MIN_DURATION_SECONDS = 900;
const DEFAULT_DURATION_SECONDS = 3600;
const LONGEST_POLICY = 2048;
const sessionNamePattern = /^[A-Za-z0-9.@_-]{2,64}$/;
const roleArnPattern = /^acs:ram::[0-9]+:role\/[A-Za-z0-9.-]{1,64}$/i;
const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/;

/** The parameters that AssumeRole and AssumeRoleWithOIDC share, checked for their form. */
export interface SessionParameters {
  roleArn: string;
  sessionName: string;
  durationSeconds: number;
  policy?: string;
  externalId?: string;
}

/** @throws SimError 400 with the published code of the first parameter that is malformed. */
export function readSessionParameters(parameters: ReadonlyMap<string, string>): SessionParameters {
  const roleArn = parameters.get('RoleArn') ?? '';
  const sessionName = parameters.get('RoleSessionName') ?? '';
  if (!roleArnPattern.test(roleArn)) throw malformed('RoleArn');
  if (!sessionNamePattern.test(sessionName)) throw malformed('RoleSessionName');
  const externalId = parameters.get('ExternalId');
  if (externalId !== undefined && !externalIdPattern.test(externalId)) throw malformed('ExternalId');
  const policy = parameters.get('Policy');
  if (policy !== undefined) checkPolicy(policy);
  const durationText = parameters.get('DurationSeconds');
  const durationSeconds = durationText === undefined ? DEFAULT_DURATION_SECONDS : Number(durationText);
  if (!/^\d+$/.test(durationText ?? '0') || durationSeconds < MIN_DURATION_SECONDS) throw wrongDuration();
  return {
    roleArn,
    sessionName,
    durationSeconds,
    ...(policy === undefined ? {} : { policy }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

/** @throws SimError 400 when the role does not allow sessions this long. */
export function checkDuration(durationSeconds: number, maxSessionSeconds: number): void {
  if (durationSeconds > maxSessionSeconds) throw wrongDuration();
}

function checkPolicy(policy: string): void {
  if (policy.length > LONGEST_POLICY) {
    throw new SimError(
      400,
      'InvalidParameter.PolicySize',
      // The published text still has the older limit.
      'The size of Policy must be smaller than 1024 bytes.',
    );
  }
  try {
    parsePermissionPolicy(JSON.parse(policy));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof PolicyGrammarError)) throw error;
    throw new SimError(
      400,
      'InvalidParameter.PolicyGrammar',
      `The parameter Policy has not passed grammar check. (${error.message})`,
    );
  }
}

function malformed(name: string): SimError {
  return new SimError(400, `InvalidParameter.${name}`, `The parameter ${name} is wrongly formed.`);
}

function wrongDuration(): SimError {
  return new SimError(400, 'InvalidParameter.DurationSeconds', 'The Min/Max value of DurationSeconds is 15min/1hr.');
}
