import { createHash } from 'node:crypto';
import type { V1TokenReview } from '@kubernetes/client-node';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../clock.ts';
import type { Json, KubeClient } from '../../../kube/types.ts';
import type { KubeletUser } from '../kubelet-user.ts';
import type { ReviewGate } from './review-gate.ts';

/** As kubelet's `authentication.webhook.cacheTTL`. */
const TTL_MS = 2 * 60_000;
const MAX_TOKENS = 2000;

/** Recognises a bearer token. @returns undefined when it is nobody's. @throws KubeApiError when it could not be asked. */
export type TokenReviewer = (token: string) => Promise<KubeletUser | undefined>;

/**
 * Asks the API server whose a token is, and remembers the answer for two minutes, whichever it was. Callers with one token share
 * one call. A failed call is not remembered. Tokens themselves are not kept, only their hashes.
 */
export function createTokenReviewer(options: {
  client: Pick<KubeClient, 'create'>;
  clock: Clock;
  gate: ReviewGate;
}): TokenReviewer {
  const { client, clock, gate } = options;
  const cache = new LRUCache<string, { user: KubeletUser | undefined }, string>({
    max: MAX_TOKENS,
    ttl: TTL_MS,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
    fetchMethod: async (_hash, _stale, { context: token }) => ({ user: await gate.run(() => review(client, token)) }),
  });
  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64');
    return (await cache.fetch(hash, { context: token }))?.user;
  };
}

async function review(client: Pick<KubeClient, 'create'>, token: string): Promise<KubeletUser | undefined> {
  const answer = await client.create<Json<V1TokenReview>>('/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token },
  });
  const { authenticated, user } = answer.status ?? {};
  const name = user?.username;
  if (authenticated !== true || name === undefined || name === '') return undefined;
  return {
    name,
    ...(user?.uid === undefined ? {} : { uid: user.uid }),
    groups: user?.groups ?? [],
    ...(user?.extra === undefined ? {} : { extra: user.extra }),
  };
}
