/**
 * Verifies who signed a request. The order of the checks is modelled; the cloud does not publish its own.
 * Source: Alibaba Cloud, V3 request body and signature mechanism; STS error codes.
 */
import { timingSafeEqual } from 'node:crypto';
import { SimError, type Principal } from '../types.ts';
import type { AccessKeyRecord } from './access-key-record.ts';
import { createNonceMemory, DATE_WINDOW_MS } from './nonce-memory.ts';
import type { RawRequest } from './raw-request.ts';
import { readSignedClaims, type SignedClaims } from './signed-claims.ts';

export interface AuthenticatorOptions {
  /** @returns undefined when the key is unknown. */
  findKey(accessKeyId: string): AccessKeyRecord | undefined;
  /** Simulated time, in which sessions end. */
  nowMs(): number;
  /** The machine's time, which clients date their requests with; it does not move with simulated time. */
  machineNowMs(): number;
}

/**
 * Tells who signed a request.
 * @returns undefined for an anonymous request.
 * @throws SimError with a gateway code when the signature proves nothing.
 */
export type Authenticator = (request: RawRequest) => Principal | undefined;

/** Creates an authenticator with an empty memory of nonces. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const nonces = createNonceMemory(() => options.machineNowMs());
  return (request) => {
    const claims = readSignedClaims(request);
    if (claims === undefined) return undefined;
    const key = options.findKey(claims.accessKeyId);
    if (key === undefined) {
      throw new SimError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    }
    if (!key.active) throw new SimError(403, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
    checkDate(claims.date, options.machineNowMs());
    if (nonces.seen(claims.accessKeyId, claims.nonce)) {
      throw new SimError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    }
    checkSignature(claims, key.secret);
    // Only now: a request that proves nothing must not use up somebody else's nonce.
    nonces.remember(claims.accessKeyId, claims.nonce);
    checkToken(claims, key, options.nowMs());
    return key.principal;
  };
}

function checkDate(date: string, nowMs: number): void {
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs)) {
    throw new SimError(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  }
  if (Math.abs(dateMs - nowMs) > DATE_WINDOW_MS) {
    throw new SimError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
}

function checkSignature(claims: SignedClaims, secret: string): void {
  const expected = claims.expected(secret);
  if (expected === undefined) {
    throw new SimError(400, 'SignatureDoesNotMatch', 'x-acs-content-sha256 is not the digest of the body.');
  }
  const [sent, computed] = [Buffer.from(claims.signature), Buffer.from(expected.signature)];
  if (sent.length !== computed.length || !timingSafeEqual(sent, computed)) {
    throw new SimError(400, 'SignatureDoesNotMatch', expected.explanation);
  }
}

function checkToken(claims: SignedClaims, key: AccessKeyRecord, nowMs: number): void {
  if (key.securityToken === undefined) {
    if (claims.securityToken === undefined) return;
    throw new SimError(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    );
  }
  if (claims.securityToken === undefined) {
    throw new SimError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  if (claims.securityToken !== key.securityToken) {
    throw new SimError(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    );
  }
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) {
    throw new SimError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  }
}
