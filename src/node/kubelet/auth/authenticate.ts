import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Logger } from '../../../telemetry/types.ts';
import type { KubeletUser } from '../kubelet-user.ts';
import { PodAccessError } from '../pod-access-error.ts';
import { certificateUser } from './certificate-user.ts';
import type { TokenReviewer } from './token-review.ts';

/** Every user that is recognised belongs to the one group, every other to the other. Source: Kubernetes, "Authenticating". */
const AUTHENTICATED = 'system:authenticated';
const anonymous: KubeletUser = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Recognises who calls. @returns undefined when it is nobody. @throws PodAccessError 429. */
export type Authenticator = (request: IncomingMessage) => Promise<KubeletUser | undefined>;

/**
 * Tries the client certificate, then the bearer token. A certificate that is not signed by the configured authority says
 * nothing, whoever else signed it.
 */
export function createAuthenticator(options: {
  reviewToken: TokenReviewer;
  /** Lets strangers in as `system:anonymous`, for whom authorization decides. */
  anonymous: boolean;
  logger: Logger;
}): Authenticator {
  const { reviewToken, logger } = options;
  return async (request) => {
    const { socket } = request;
    if (socket instanceof TLSSocket && socket.authorized) {
      const user = certificateUser(socket.getPeerCertificate());
      if (user !== undefined) return { ...user, groups: withGroup(user.groups) };
    }
    const token = bearerToken(request.headers.authorization);
    if (token !== undefined) {
      const user = await reviewToken(token).catch((error: unknown) => {
        if (error instanceof PodAccessError) throw error;
        logger.warn('a caller of the kubelet API could not be recognised', { error });
        return undefined;
      });
      return user === undefined ? undefined : { ...user, groups: withGroup(user.groups) };
    }
    return options.anonymous ? anonymous : undefined;
  };
}

/** @returns the token of an `Authorization` header; undefined when it has another scheme or none. Pure. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

function withGroup(groups: readonly string[]): readonly string[] {
  return groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED];
}
