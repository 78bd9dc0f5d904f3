import { EciKubeletError } from '../errors.ts';

/** One entry of a Status object's `details.causes`: the field concerned, and why. */
export interface StatusCause {
  field?: string;
  reason?: string;
  message?: string;
}

/** What a Status object says beyond its message. */
export interface StatusDetails {
  name?: string;
  kind?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** Reasons of failures without a usable answer of the API server. The outcome of a mutation is unknown, unless never sent. */
export const localReasons = {
  /** No connection, or it broke before the answer was complete. */
  unreachable: 'Unreachable',
  /** Our own deadline passed. */
  deadline: 'DeadlineExceeded',
  /** A watch that carried no byte for longer than the bookmark period. */
  stalled: 'WatchStalled',
  /** An answer that is not the API's JSON, or a stream that ended in the middle of an event. */
  badAnswer: 'BadAnswer',
} as const;

export interface KubeApiErrorOptions {
  message: string;
  /** Status reason of the API (`NotFound`, `Conflict`, …) or one of {@link localReasons}. */
  reason: string;
  httpStatus?: number | undefined;
  details?: StatusDetails | undefined;
  retryAfterMs?: number | undefined;
  neverSent?: boolean | undefined;
  cause?: unknown;
}

/** A failed call to the Kubernetes API. `code` is `Kube.<reason>`; no request or response body is kept. */
export class KubeApiError extends EciKubeletError {
  /** Absent when there was no answer. */
  readonly httpStatus: number | undefined;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** The server's back-off hint in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** True when the connection could not be made, so that even a mutation may be sent again. */
  readonly neverSent: boolean;

  constructor(options: KubeApiErrorOptions) {
    super(`Kube.${options.reason}`, options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.httpStatus = options.httpStatus;
    this.reason = options.reason;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.neverSent = options.neverSent ?? false;
  }
}

/** Is the object, its namespace or its resource type absent? */
export function isNotFound(error: unknown): error is KubeApiError {
  return hasStatus(error, 404);
}

/** Did somebody else write first, or does a UID precondition not hold? Not true of {@link isAlreadyExists}. */
export function isConflict(error: unknown): error is KubeApiError {
  return hasStatus(error, 409) && error.reason !== 'AlreadyExists';
}

/** Is the name of a create taken? */
export function isAlreadyExists(error: unknown): error is KubeApiError {
  return hasStatus(error, 409) && error.reason === 'AlreadyExists';
}

/** Has the resource version or the continue token expired, so that a list must start over? */
export function isGone(error: unknown): error is KubeApiError {
  return hasStatus(error, 410);
}

/** Does RBAC or an admission plugin refuse the call? */
export function isForbidden(error: unknown): error is KubeApiError {
  return hasStatus(error, 403);
}

/** Are our credentials missing, expired or unknown to the server? */
export function isUnauthorized(error: unknown): error is KubeApiError {
  return hasStatus(error, 401);
}

/**
 * Does the name in a patch with `metadata.uid` belong to another object by now?
 * Observed: kube-apiserver 1.20 answers 422 on `metadata.uid`, "field is immutable". Other versions answer 409, so
 * callers that patch with a UID ask {@link isConflict} as well.
 */
export function isInvalidUid(error: unknown): error is KubeApiError {
  return hasStatus(error, 422) && (error.details?.causes?.some((cause) => cause.field === 'metadata.uid') ?? false);
}

/** Was there no usable answer at all? Then nothing is known about the cluster, and nothing may be concluded. */
export function isUnreachable(error: unknown): error is KubeApiError {
  if (!(error instanceof KubeApiError)) return false;
  const { unreachable, deadline, stalled } = localReasons;
  return [unreachable, deadline, stalled].some((reason) => reason === error.reason);
}

function hasStatus(error: unknown, httpStatus: number): error is KubeApiError {
  return error instanceof KubeApiError && error.httpStatus === httpStatus;
}
