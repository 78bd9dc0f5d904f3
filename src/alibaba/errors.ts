import { EciKubeletError } from '../errors.ts';

/** Who denied a call, as RAM reports it in `AccessDeniedDetail`. */
export interface AccessDeniedDetail {
  /** For example `sts:AssumeRole`. */
  authAction?: string;
  /** `AssumeRolePolicy`: the role's trust policy. `AccountLevelIdentityBasedPolicy` and others: the caller's own policies. */
  policyType?: string;
  noPermissionType?: string;
  principalDisplayName?: string;
}

export interface AlibabaCloudErrorOptions {
  /** The cloud's code verbatim, or one of the `Local.*` codes below when there was no usable answer. */
  code: string;
  message: string;
  /** API action, for example `AssumeRole`. */
  action: string;
  httpStatus?: number;
  requestId?: string;
  /** The server's back-off hint in milliseconds. */
  retryAfterMs?: number;
  accessDenied?: AccessDeniedDetail;
}

/** Codes for failures without a usable answer of the service. The outcome of a mutation is unknown after each of them. */
export const localCodes = {
  /** Our own deadline passed. */
  timeout: 'Local.Timeout',
  /** Connection refused, reset, or no such host. */
  unreachable: 'Local.Unreachable',
  /** An answer that is not the service's JSON, for example an HTML page of a gateway. */
  badAnswer: 'Local.BadAnswer',
} as const;

/**
 * A failed call to an Alibaba Cloud service. The message is scrubbed: no query string, no key, no token.
 * The original SDK error is deliberately not kept as `cause`, because the SDKs put whole URLs into their messages.
 */
export class AlibabaCloudError extends EciKubeletError {
  readonly action: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly accessDenied: AccessDeniedDetail | undefined;

  constructor(options: AlibabaCloudErrorOptions) {
    super(options.code, options.message);
    this.action = options.action;
    this.httpStatus = options.httpStatus;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
    this.accessDenied = options.accessDenied;
  }
}

/**
 * What to do about a failure.
 *
 * - `transient`: retry with back-off and the same ClientToken
 * - `capacity`: out of stock or addresses; retry later or elsewhere, as a new attempt
 * - `account`: quota, balance; slow retry, tell the user
 * - `permission`: tell the user, do not hammer
 * - `permanent`: until the request changes
 *
 * Source: ../../docs/reference/cloud-errors.md, generated from the sets in `error-classes.ts`.
 */
export type ErrorClass = 'transient' | 'capacity' | 'account' | 'permission' | 'permanent';
