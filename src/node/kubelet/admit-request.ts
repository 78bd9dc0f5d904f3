import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../telemetry/types.ts';
import { accessAttributes } from './access-attributes.ts';
import type { Authorizer } from './auth/access-review.ts';
import type { Authenticator } from './auth/authenticate.ts';
import { notFound } from './kubelet-answers.ts';
import type { KubeletUser } from './kubelet-user.ts';
import { PodAccessError } from './pod-access-error.ts';
import { matchRoute } from './routes.ts';
import type { RouteMatch } from './routes.ts';

/** A request whose sender may do what it asks. */
export interface AdmittedRequest {
  match: RouteMatch;
  query: URLSearchParams;
  user: KubeletUser;
}

export interface AdmitRequestOptions {
  authenticate: Authenticator;
  authorize: Authorizer;
  /** False until the Pods of the node are known. */
  ready: () => boolean;
  logger: Logger;
}

/**
 * Decides in kubelet's order whether a request is carried out: who calls, may they, does the path exist, for this method, and
 * are we ready. Strangers thus learn nothing, not even what exists.
 * @throws PodAccessError 401, 403, 404, 405, 429, 500, 503.
 */
export async function admitRequest(request: IncomingMessage, options: AdmitRequestOptions): Promise<AdmittedRequest> {
  const { authenticate, authorize, ready, logger } = options;
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const method = request.method ?? 'GET';
  const user = await authenticate(request);
  if (user === undefined) throw new PodAccessError('Unauthorized', 'Unauthorized', { httpStatus: 401 });

  const match = matchRoute(path);
  const attributes = accessAttributes(method, match.route);
  const asked = `user=${user.name}, verb=${attributes.verb}, resource=nodes, subresource(s)=[${attributes.subresources.join(' ')}]`;
  const allowed = await authorize(user, attributes).catch((error: unknown) => {
    if (error instanceof PodAccessError) throw error;
    logger.warn('a caller of the kubelet API could not be authorized', { user: user.name, error });
    throw new PodAccessError('AuthorizationError', `Authorization error (${asked})`, { httpStatus: 500, cause: error });
  });
  if (!allowed) {
    logger.info('a call of the kubelet API was forbidden', {
      user: user.name,
      route: match.route.pattern,
      ...attributes,
    });
    throw new PodAccessError('Forbidden', `Forbidden (${asked})`, { httpStatus: 403 });
  }

  if (match.route.answer === 'absent') throw notFound();
  if (!match.route.methods.includes(method)) {
    throw new PodAccessError('MethodNotAllowed', '405: Method Not Allowed', { httpStatus: 405 });
  }
  if (match.route.answer !== 'health' && !ready()) {
    throw new PodAccessError('NotReady', 'the Pods of the node are not known yet', { httpStatus: 503 });
  }
  return { match, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)), user };
}
