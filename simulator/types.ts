/**
 * The seams between the simulator's parts. `server.ts` authenticates a request and dispatches it to a handler by
 * service version and action; handlers are given who asks and what, and a `Cloud` that holds the state.
 */
import type { WebSocket } from 'ws';
import type { Clock } from '../src/clock.ts';
import type { Fixture } from './fixtures/fixture.ts';

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
  /** Roles assumed one after the other to get here; 0 or absent for long-lived keys. */
  chainDepth?: number;
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
  personal: PersonalRegistry[];
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
  /** Disabled ones keep their names. */
  enabledEndpoints: { internet: boolean; vpc: boolean };
  /** VPCs from which the endpoint in the VPC was allowed. */
  linkedVpcs: string[];
}

/** The Personal Edition registry of one account in one region. Accounts share the host and are told apart by namespace. */
export interface PersonalRegistry {
  accountId: string;
  regionId: string;
  namespaces?: string[];
}

/** One action of one service version, as the server needs it to dispatch and to refuse what it does not know. */
export interface Operation {
  product: 'eci' | 'sts' | 'cr';
  version: string;
  action: string;
  /** Every parameter the action takes; a segment `N` stands for a list index, as in `Container.N.Arg.N`. */
  parameters: readonly string[];
  /** Refused as `Missing<Name>` when absent or empty. */
  required?: readonly string[];
  /** Path-style (ROA) actions; absent means GET or POST of `/`. */
  route?: { method: string; path: string };
  /** Also answered without a signature. */
  anonymous?: boolean;
  handler: Handler;
}

/** One answered (or dropped) API call. Secrets in `parameters` are replaced by `[redacted]`. */
export interface JournalEntry {
  /** Counts from 1 and never repeats, so that a reader can ask for what is new. */
  sequence: number;
  time: string;
  product: string;
  version: string;
  action: string;
  regionId: string;
  principalArn: string;
  sessionName?: string;
  chainDepth: number;
  parameters: Readonly<Record<string, string>>;
  /** `OK`, the refusal's code, or `dropped` when the connection was cut. */
  result: string;
  httpStatus: number;
  requestId: string;
  /** Kind of the injected fault, if one fired. */
  fault?: string;
  ms: number;
}

/** The record of every API call since the start or the last clear; the oldest go first when it is full. */
export interface Journal {
  entries(filter?: JournalFilter): JournalEntry[];
  clear(): void;
}

export interface JournalFilter {
  product?: string;
  action?: string;
  result?: string;
  /** Only entries with a greater sequence. */
  after?: number;
}

/** A path at which WebSocket connections are accepted. */
export interface WebSocketRoute {
  product: Operation['product'];
  /** Name in the journal, and the action by which faults hit it. */
  action: string;
  /**
   * Decides about a connection before it stands.
   * @returns what to do with it then.
   * @throws SimError whose HTTP status refuses it.
   */
  admit(query: ReadonlyMap<string, string>): (socket: WebSocket) => void;
}

/** Answers a control path (`/_sim/…`) with a JSON body, or a promise of one. */
export type ControlHandler = (request: { query: ReadonlyMap<string, string>; body: unknown }) => unknown;

/** The running simulator as its parts see it: what to register with, and the state they share. */
export interface Simulator {
  readonly fixture: Fixture;
  readonly clock: SimClock;
  readonly authorizer: Authorizer;
  readonly acr: AcrState;
  readonly journal: Journal;
  /** @throws Error when the action is already registered. */
  register(operation: Operation): void;
  /** Adds a member to the answer of `GET /_sim/state`. It must hold no secrets. */
  addState(name: string, read: () => unknown): void;
  /** Adds a control path, which must start with `/_sim/`. */
  addControl(route: { method: string; path: string }, handler: ControlHandler): void;
  /** Adds a path for WebSocket connections. @throws Error when it is taken. */
  addWebSocket(path: string, route: WebSocketRoute): void;
  /** Runs at {@link Simulator.stop}, in reverse order of registration. */
  onStop(callback: () => Promise<void> | void): void;
  /** Listens on loopback. @throws Error when a port is taken. */
  start(): Promise<SimulatorAddresses>;
  stop(): Promise<void>;
}

export interface SimulatorAddresses {
  /** Serves ECI, STS, the metadata service, the control paths, and CR of the fixture's own region. */
  url: string;
  /** CR by region: one port each, the own region included. */
  regionUrls: Readonly<Record<string, string>>;
}
