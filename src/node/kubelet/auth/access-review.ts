import { createHash } from 'node:crypto';
import type { V1SubjectAccessReview } from '@kubernetes/client-node';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../clock.ts';
import type { Json, KubeClient } from '../../../kube/types.ts';
import type { AccessAttributes } from '../access-attributes.ts';
import type { KubeletUser } from '../kubelet-user.ts';
import type { ReviewGate } from './review-gate.ts';

/** As kubelet's `authorization.webhook.cacheAuthorizedTTL` and `cacheUnauthorizedTTL`. */
const ALLOWED_TTL_MS = 5 * 60_000;
const DENIED_TTL_MS = 30_000;
const MAX_ANSWERS = 5000;

/** Asks whether a user may do something to our node. @throws KubeApiError when it could not be asked. */
export type Authorizer = (user: KubeletUser, attributes: AccessAttributes) => Promise<boolean>;

/** Allows everything to everybody who is recognised. Only by explicit choice. */
export const alwaysAllow: Authorizer = () => Promise.resolve(true);

/**
 * Asks the API server, subresource by subresource until one is allowed, and remembers each answer: five minutes what is
 * allowed, half a minute what is not, so that a new role helps soon. Callers who ask the same share one call.
 */
export function createAccessReviewer(options: {
  client: Pick<KubeClient, 'create'>;
  clock: Clock;
  gate: ReviewGate;
  nodeName: string;
}): Authorizer {
  const { client, clock, gate, nodeName } = options;
  const cache = new LRUCache<string, { allowed: boolean }, Json<V1SubjectAccessReview>>({
    max: MAX_ANSWERS,
    ttl: ALLOWED_TTL_MS,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
    fetchMethod: async (_hash, _stale, { context: question, options: entry }) => {
      const allowed = await gate.run(() => ask(client, question));
      if (!allowed) entry.ttl = DENIED_TTL_MS;
      return { allowed };
    },
  });
  return async (user, { verb, subresources }) => {
    for (const subresource of subresources) {
      const question = accessReview(user, { nodeName, verb, subresource });
      const hash = createHash('sha256').update(JSON.stringify(question.spec)).digest('base64');
      if ((await cache.fetch(hash, { context: question }))?.allowed === true) return true;
    }
    return false;
  };
}

/** Builds the question. Pure. Source: kubelet, `NodeRequestAttributesGetter`: `nodes/<subresource>` of version v1, core group. */
export function accessReview(
  user: KubeletUser,
  access: { nodeName: string; verb: string; subresource: string },
): Json<V1SubjectAccessReview> {
  const { nodeName, verb, subresource } = access;
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: user.name,
      groups: [...user.groups],
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      ...(user.extra === undefined ? {} : { extra: mutable(user.extra) }),
      resourceAttributes: { verb, group: '', version: 'v1', resource: 'nodes', subresource, name: nodeName },
    },
  };
}

async function ask(client: Pick<KubeClient, 'create'>, question: Json<V1SubjectAccessReview>): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { status } = await client.create<Json<V1SubjectAccessReview>>(path, question);
  return status?.allowed === true && status.denied !== true;
}

function mutable(extra: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]));
}
