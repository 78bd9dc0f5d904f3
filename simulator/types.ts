/**
 * The seams between the simulator's parts. `server.ts` authenticates a request and dispatches it to a handler by
 * service version and action; handlers are given who asks and what, and a `Cloud` that holds the state.
 */
import type { Clock } from '../src/clock.ts';

/** Who signed a request. */
export interface Principal {
  kind: 'root' | 'user' | 'role-session' | 'service' | 'anonymous';
  accountId: string;
  /** Role ARN for sessions (not the session ARN), user ARN, `…:root`, or the service name. */
  arn: string;
  sessionName?: string;
  /** Policies that must all allow: identity policies of the user or role, then the session policy if any. */
  sessionPolicy?: string;
  /** Epoch milliseconds of the session's end. */
  expiresAtMs?: number;
  accessKeyId: string;
}

export interface SimRequest {
  action: string;
  version: string;
  method: string;
  path: string;
  /** Query and form fields merged, decoded. */
  params: ReadonlyMap<string, string>;
  headers: Readonly<Record<string, string>>;
  principal: Principal;
  requestId: string;
  /** From the host name or the endpoint's configured region; the RegionId parameter where an API has one. */
  regionId: string;
}

/** A refusal in the cloud's form. */
export class SimError extends Error {
  readonly httpStatus: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(httpStatus: number, code: string, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'SimError';
    this.httpStatus = httpStatus;
    this.code = code;
    this.extra = extra;
  }
}

/** Answers one action with the JSON body (RequestId is added by the server). */
export type Handler = (request: SimRequest) => Promise<Record<string, unknown>> | Record<string, unknown>;

/** A clock that tests can move: `offset` over the machine's clock, and `advance`. */
export interface SimClock extends Clock {
  advance(ms: number): void;
  /** Runs `callback` when simulated time reaches `atMs`, also when it is moved past it. @returns a cancel function. */
  at(atMs: number, callback: () => void): () => void;
}

/** Evaluates RAM: identity policies of the principal and its session policy. */
export interface Authorizer {
  /** @throws SimError 403 NoPermission with AccessDeniedDetail when denied. */
  require(principal: Principal, action: string, resource: string): void;
  allows(principal: Principal, action: string, resource: string): boolean;
  /** True when the role's trust policy lets this principal assume it. */
  trusts(roleArn: string, principal: Principal): boolean;
  /** A session of the role as the cloud itself makes it (no key), for services that assume roles. */
  assumeAs(service: Principal, roleArn: string, sessionPolicy?: string): Principal;
}

/** One password that the simulated CR gave out. */
export interface IssuedPassword {
  userName: string;
  password: string;
  principal: Principal;
  /** Absent for Personal Edition. */
  instanceId?: string;
  regionId: string;
  expiresAtMs: number;
}

/** The state of ACR that both the CR handlers and the registry front use. */
export interface AcrState {
  instances: AcrInstance[];
  personal: { accountId: string; regionId: string }[];
  /** The instance that owns a host, custom domains included. */
  byHost(host: string): AcrInstance | undefined;
  byId(instanceId: string): AcrInstance | undefined;
  passwords: Map<string, IssuedPassword>;
  /** Mints a password exactly as GetAuthorizationToken does, after authorising the principal. */
  issue(principal: Principal, target: { instanceId?: string; regionId: string }): IssuedPassword;
}

export interface AcrInstance {
  instanceId: string;
  instanceName: string;
  accountId: string;
  regionId: string;
  status: string;
  /** Custom domains (USER). */
  userDomains: string[];
}
