/** The gateway: authenticates a call, finds its operation, checks its parameters, applies faults and latency, keeps the journal. */
import { setTimeout as delay } from 'node:timers/promises';
import { errorAnswer, successAnswer, type Answer } from './answer.ts';
import { answerInstead, dropped } from './fault-effects.ts';
import type { Fault, FaultTable } from './faults.ts';
import type { WritableJournal } from './journal.ts';
import { checkParameters, type OperationTable } from './operation-table.ts';
import { redactParameters } from './redaction.ts';
import { readParameters } from './request-parameters.ts';
import { requestRegion } from './request-region.ts';
import type { Authenticator } from './signature/authenticator.ts';
import { parameterOf, type RawRequest } from './signature/raw-request.ts';
import { SimError, type Operation, type Principal, type SimRequest } from './types.ts';

export interface DispatcherOptions {
  operations: OperationTable;
  authenticate: Authenticator;
  faults: FaultTable;
  journal: WritableJournal;
  /** Simulated time. */
  nowMs(): number;
  /** Waiting time before every answer, in milliseconds. */
  latencyMs: number;
  newRequestId(): string;
  /** Told about exceptions that are no refusals: defects of the simulator. */
  onDefect(error: unknown): void;
}

/** Answers one API call. @param portRegionId the region of the port that it came in by. */
export type Dispatcher = (request: RawRequest, portRegionId: string) => Promise<Answer>;

/** What has become known of a call so far, for the journal. */
interface Call {
  version: string;
  action: string;
  requestId: string;
  regionId: string;
  host: string;
  operation?: Operation;
  principal?: Principal;
  params: ReadonlyMap<string, string>;
  fault?: Fault;
}

const anonymous: Principal = { kind: 'anonymous', accountId: '', arn: 'anonymous', accessKeyId: '' };

/** Creates the gateway. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return async (request, portRegionId) => {
    const startedMs = performance.now();
    const startedAt = new Date(options.nowMs()).toISOString();
    const call: Call = {
      version: request.headers['x-acs-version'] ?? parameterOf(request, 'Version') ?? '',
      action: request.headers['x-acs-action'] ?? parameterOf(request, 'Action') ?? '',
      requestId: options.newRequestId(),
      regionId: requestRegion(request.headers, portRegionId),
      host: request.headers['host'] ?? '',
      params: new Map(),
    };
    const { answer, result } = await answerCall(options, request, call);
    options.journal.record({
      time: startedAt,
      product: call.operation?.product ?? 'unknown',
      version: call.version,
      action: call.action,
      regionId: call.regionId,
      principalArn: call.principal?.arn ?? '',
      chainDepth: call.principal?.chainDepth ?? 0,
      parameters: redactParameters(call.params),
      result,
      httpStatus: answer.kind === 'drop' ? 0 : answer.status,
      requestId: call.requestId,
      ms: Math.round(performance.now() - startedMs),
      ...(call.principal?.sessionName === undefined ? {} : { sessionName: call.principal.sessionName }),
      ...(call.fault === undefined ? {} : { fault: call.fault.kind }),
    });
    return answer;
  };
}

async function answerCall(
  options: DispatcherOptions,
  request: RawRequest,
  call: Call,
): Promise<{ answer: Answer; result: string }> {
  try {
    const ready = prepare(options, request, call);
    const waitMs = options.latencyMs + (call.fault?.delayMs ?? 0);
    if (waitMs > 0) await delay(waitMs, undefined, { ref: false });
    return await execute(ready, call);
  } catch (error) {
    if (call.fault?.kind === 'lost') return dropped;
    if (!(error instanceof SimError)) options.onDefect(error);
    const refusal =
      error instanceof SimError ? error : new SimError(500, 'InternalError', `The simulator failed: ${String(error)}`);
    return { answer: errorAnswer(call, refusal), result: refusal.code };
  }
}

/** Everything before the handler. Fills in the call as it goes, so that refusals are recorded with what is known. */
function prepare(options: DispatcherOptions, request: RawRequest, call: Call): () => ReturnType<Operation['handler']> {
  const principal = options.authenticate(request);
  if (principal !== undefined) call.principal = principal;
  const operation = options.operations.find({ ...call, method: request.method, path: request.path });
  call.operation = operation;
  if (principal === undefined && operation.anonymous !== true) {
    throw new SimError(400, 'MissingAccessKeyId', 'AccessKeyId is mandatory for this action.');
  }
  call.params = readParameters(request);
  checkParameters(operation, call.params);
  // ECI alone names the region in a parameter too; CR goes by its endpoint, and STS has no regions.
  if (operation.product === 'eci') call.regionId = call.params.get('RegionId') ?? call.regionId;
  const fault = options.faults.take(call.action, call.params);
  if (fault !== undefined) call.fault = fault;
  const handed: SimRequest = {
    action: call.action,
    version: call.version,
    method: request.method,
    path: request.path,
    params: call.params,
    headers: request.headers,
    principal: principal ?? anonymous,
    requestId: call.requestId,
    regionId: call.regionId,
  };
  return () => operation.handler(handed);
}

async function execute(
  handle: () => ReturnType<Operation['handler']>,
  call: Call,
): Promise<{ answer: Answer; result: string }> {
  const instead = call.fault === undefined ? undefined : answerInstead(call.fault);
  if (instead !== undefined) return instead;
  const answer = successAnswer(call.version, call.requestId, await handle());
  if (call.fault?.kind === 'duplicate') {
    // The repetition's own outcome reaches nobody, whatever it is.
    await Promise.try(handle).catch(() => undefined);
  }
  return call.fault?.kind === 'lost' ? dropped : { answer, result: 'OK' };
}
