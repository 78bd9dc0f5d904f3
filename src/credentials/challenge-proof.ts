import type { RegistryChallenge } from './types.ts';

/**
 * The token servers of ACR. The region is two letters, a dash and the rest, so that no OSS bucket
 * (`dockerauth-x.oss-cn-hangzhou.aliyuncs.com`) fits.
 * Source: ACK documentation, domains that edge nodes must reach.
 */
const TOKEN_SERVER = /^dockerauth(?:-ee)?(?:-vpc|-internal)?(?:[.-][a-z]{2}-[a-z0-9-]+)?\.aliyuncs\.com$/;
const ENTERPRISE_ID = /^cri-[a-z0-9]+$/;

/**
 * Reads which Enterprise instance a registry claims to be in its challenge.
 * Clients send the password to the realm, so a challenge counts only when the realm is an ACR token server over TLS, or
 * the registry itself. It remains a claim: only a host whose name already belongs to ACR can prove something with it.
 * @param host of the registry, with port if any.
 * @returns absent when the challenge proves nothing. Source: registry token authentication; ACR challenge, observed form.
 */
export function instanceOfChallenge(
  host: string,
  challenge: RegistryChallenge | undefined,
): { instanceId: string; regionId: string } | undefined {
  if (challenge?.instanceId === undefined || challenge.regionId === undefined) return undefined;
  if (!ENTERPRISE_ID.test(challenge.instanceId) || !isTrustedRealm(host, challenge.realm)) return undefined;
  return { instanceId: challenge.instanceId, regionId: challenge.regionId };
}

function isTrustedRealm(host: string, realm: string): boolean {
  if (!URL.canParse(realm)) return false;
  const url = new URL(realm);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  const isTokenServer = TOKEN_SERVER.test(url.hostname) && url.port === '';
  return isTokenServer || url.host === host.toLowerCase();
}
