import type { OidcProvider } from '../ram/directory.ts';
import { SimError } from '../types.ts';
import { decodeToken, invalidToken, verifyToken, type ProviderKey } from './json-web-token.ts';

/** Source: IMS API reference, CreateOIDCProvider: IssuanceLimitTime. */
const DEFAULT_ISSUANCE_LIMIT_HOURS = 12;

/** The verified content of an OIDC token. */
export interface VerifiedToken {
  issuer: string;
  subject: string;
  audiences: string[];
  issuedAtMs: number;
  expiresAtMs: number;
}

/**
 * Verifies a token in the order shape, issuer, audience, signature, expiry; the cloud's own order is not documented.
 * @param nowMs the machine's time: tokens are dated by clusters, whose clocks do not move with simulated time.
 * @throws SimError 401 with an `AuthenticationFail.OIDCToken.*` code.
 */
export async function verifyOidcToken(
  token: string,
  provider: OidcProvider,
  options: { nowMs: number; publicKeys(): Promise<readonly ProviderKey[]> },
): Promise<VerifiedToken> {
  const decoded = decodeToken(token);
  const { claims } = decoded;
  if (claims['iss'] !== provider.issuer) {
    throw refused('IssuerNotMatch', "The issuer in the OIDC Token doesn't match the OIDC Provider registered.");
  }
  const audiences = audiencesOf(claims['aud']);
  if (!audiences.some((audience) => provider.clientIds.includes(audience))) {
    throw refused('AudienceNotMatch', 'Invalid audience.');
  }
  verifyToken(decoded, await options.publicKeys());
  const { sub, iat, exp } = claims;
  if (typeof sub !== 'string' || typeof iat !== 'number' || typeof exp !== 'number') {
    throw invalidToken('The OIDC token lacks sub, iat or exp.');
  }
  const oldestMs = options.nowMs - (provider.issuanceLimitHours ?? DEFAULT_ISSUANCE_LIMIT_HOURS) * 3_600_000;
  if (exp * 1000 <= options.nowMs || iat * 1000 < oldestMs) throw refused('Expired', 'This JsonWebToken is expired.');
  return { issuer: provider.issuer, subject: sub, audiences, issuedAtMs: iat * 1000, expiresAtMs: exp * 1000 };
}

function audiencesOf(claim: unknown): string[] {
  const list: unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.filter((audience) => typeof audience === 'string');
}

function refused(name: string, message: string): SimError {
  return new SimError(401, `AuthenticationFail.OIDCToken.${name}`, message);
}
