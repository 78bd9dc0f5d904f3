import { Secret } from '../secret.ts';
import { KubeApiError, localReasons } from './errors.ts';
import type { KubeClient } from './types.ts';

export interface TokenRequestOptions {
  namespace: string;
  serviceAccount: string;
  /** Empty for the API server's own. */
  audiences: readonly string[];
  /**
   * Seconds, at least 600. Exactly 3607 for the API server's audience makes it issue a token that lives for a year while it
   * reports an hour. Observed: kube-apiserver 1.20.2, `exp − iat` is 31536000.
   */
  expirationSeconds: number;
  podName: string;
  podUid: string;
}

/**
 * Requests a ServiceAccount token bound to a Pod: it dies with the Pod object.
 * @returns the token and when it ends, epoch milliseconds: what the token itself says, because the server reports an hour for one that
 *   holds for a year; what the server reports where the token cannot be read.
 * @throws KubeApiError `BadAnswer` without a token, 409 when the Pod has been replaced, 404 when the ServiceAccount is missing.
 */
export async function requestToken(
  client: Pick<KubeClient, 'create'>,
  options: TokenRequestOptions,
): Promise<{ token: Secret; expiresAtMs: number }> {
  const { namespace, serviceAccount, audiences, expirationSeconds, podName, podUid } = options;
  const answer = await client.create<{ status?: { token?: string; expirationTimestamp?: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audiences.length === 0 ? undefined : audiences,
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: podName, uid: podUid },
      },
    },
  );
  const { token, expirationTimestamp } = answer.status ?? {};
  const expiresAtMs = Date.parse(expirationTimestamp ?? '');
  if (!token || Number.isNaN(expiresAtMs)) {
    const message = `TokenRequest for ${namespace}/${serviceAccount}: the answer has no token or no expiry`;
    throw new KubeApiError({ message, reason: localReasons.badAnswer });
  }
  return { token: new Secret(token), expiresAtMs: claimedExpiryMs(token) ?? expiresAtMs };
}

/** Reads `exp` of a JSON Web Token without checking it: it comes from the API server over its own connection. */
function claimedExpiryMs(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    // Tokens of another form are allowed.
    return undefined;
  }
}
