import { readFile } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { Identity } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { StsClient } from '../sts.ts';
import { createSessionCache } from './session-cache.ts';

/** One hour: what every role allows without configuration. */
const DEFAULT_DURATION_SECONDS = 3_600;
/** STS refuses less. */
const MIN_DURATION_SECONDS = 900;

export interface RrsaOptions {
  sts: StsClient;
  clock: Clock;
  log: Logger;
  roleArn: string;
  oidcProviderArn: string;
  /** The projected service account token; kubelet replaces the file before the token expires. */
  tokenFile: string;
  /** Shows up in ActionTrail. */
  sessionName: string;
  durationSeconds?: number;
  /** How messages call it; `service account role …` when absent. */
  description?: string;
  /** Says in the error why there may be no token file, and what to do. */
  noTokenFile?: string;
}

/**
 * Creates the identity of a service account: RAM Roles for Service Accounts.
 * @throws EciKubeletError `InvalidDuration` for a duration that STS would refuse.
 * Source: ACK documentation, Use RRSA to authorize Pods.
 */
export function createRrsaIdentity(options: RrsaOptions): Identity {
  const { sts, clock, log, roleArn, oidcProviderArn, tokenFile, sessionName } = options;
  const durationSeconds = options.durationSeconds ?? DEFAULT_DURATION_SECONDS;
  if (durationSeconds < MIN_DURATION_SECONDS) {
    throw new EciKubeletError(
      'InvalidDuration',
      `A session lasts at least ${MIN_DURATION_SECONDS} s, not ${durationSeconds} s`,
    );
  }
  return createSessionCache({
    description: options.description ?? `service account role ${roleArn}`,
    clock,
    log,
    fetch: async () => {
      const token = await readToken(tokenFile, options.noTokenFile);
      return await sts.assumeRoleWithOidc({ roleArn, oidcProviderArn, token, sessionName, durationSeconds });
    },
  });
}

/** Trimmed: STS takes a trailing newline for part of the signature. */
async function readToken(path: string, noTokenFile?: string): Promise<Secret> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = isMissing && noTokenFile !== undefined ? `: ${noTokenFile}` : '';
    throw new EciKubeletError('TokenFileUnreadable', `The service account token ${path} cannot be read${why}`, {
      cause,
    });
  }
  if (text === '') throw new EciKubeletError('TokenFileUnreadable', `The service account token ${path} is empty`);
  return new Secret(text);
}
