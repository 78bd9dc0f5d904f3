import type { Clock } from '../clock.ts';
import type { AccessKey, Identity } from '../credentials/types.ts';
import { EciKubeletError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { Logger, Metrics } from '../telemetry/types.ts';
import type { CallPriority } from './call-priority.ts';
import { retryDelayMs } from './call-retry.ts';
import { isCredentialInvalid, isThrottled } from './error-classes.ts';
import { AlibabaCloudError } from './errors.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { withDeadline } from './deadline.ts';
import type { RateBudget } from './rate-budget.ts';
import { isConnectionReset, timeoutError, toAlibabaCloudError } from './sdk-error.ts';

const DEFAULT_DEADLINE_MS = 10_000;
/** Creations do much before they answer; giving up early leaves the outcome unknown. */
const CREATE_DEADLINE_MS = 30_000;
const MAX_IN_FLIGHT = 64;

/** What one attempt is given. */
export interface CallAttempt {
  /** The key to sign with; absent for calls without an identity. */
  caller: AccessKey | undefined;
  /** For the timers of the SDK, which are the second line only. */
  timeoutMs: number;
  /** Fires at the deadline, or when the caller gives up. */
  signal: AbortSignal;
}

export interface CloudCall<T> {
  service: 'eci' | 'sts' | 'cr' | 'metadata' | 'registry';
  /** API action, for example `DescribeContainerGroups`; retries, rate budget and metrics go by it. */
  action: string;
  /** `by-id` when absent. */
  priority?: CallPriority;
  /** Who signs: an identity is asked at each attempt and told when its key was refused… */
  identity?: Identity;
  /** …a fixed key is used as it is. */
  caller?: AccessKey;
  /** Values in the request that must not come back in a message; those of the signing key are known already. */
  secrets?: readonly Secret[];
  /** Per attempt; 10 s when absent, 30 s for creations. */
  deadlineMs?: number;
  maxAttempts?: number;
  /** Ends the call wherever it is. */
  signal?: AbortSignal;
  /** Ends only the waiting, for the budget, for a place or for another attempt: what was sent is left to finish. */
  waitSignal?: AbortSignal;
  /** Makes one attempt. Called again with the same request, so it must not change what it closes over. */
  send(attempt: CallAttempt): Promise<T>;
}

/** The one way to the cloud: deadline, retries of reads, rate budget, error translation, metrics. */
export interface CloudCaller {
  /**
   * @throws AlibabaCloudError scrubbed and ready for {@link ./error-classes.ts}; EciKubeletError of the identity as it is.
   * @throws EciKubeletError `Cloud.NotSent` when `waitSignal` fired first; the reason of `signal` when that did.
   */
  call<T>(call: CloudCall<T>): Promise<T>;
}

export interface CloudCallerOptions {
  clock: Clock;
  budget: RateBudget;
  metrics: Metrics;
  log: Logger;
  /** 0 up to 1. */
  random?: () => number;
  maxInFlight?: number;
}

/** Creates the wrapper that every client in this folder calls through. */
export function createCloudCaller(options: CloudCallerOptions): CloudCaller {
  const { clock, budget, metrics, log, random = Math.random } = options;
  const inFlight = new InFlightLimit(options.maxInFlight ?? MAX_IN_FLIGHT);

  async function measured<T>(call: CloudCall<T>, caller: AccessKey | undefined, attempt: number): Promise<T> {
    const { service, action } = call;
    const timeoutMs = call.deadlineMs ?? (action.startsWith('Create') ? CREATE_DEADLINE_MS : DEFAULT_DEADLINE_MS);
    const startedAtMs = clock.nowMs();
    let code = 'OK';
    metrics.gauge('eci_kubelet_cloud_calls_in_flight', inFlight.running);
    try {
      return await withDeadline((signal) => call.send({ caller, timeoutMs, signal }), {
        clock,
        timeoutMs,
        timeoutError: () => timeoutError(action),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
    } catch (thrown) {
      code = codeLabel(thrown instanceof EciKubeletError ? thrown.code : toAlibabaCloudError(thrown, { action }).code);
      throw thrown;
    } finally {
      const durationMs = clock.nowMs() - startedAtMs;
      metrics.gauge('eci_kubelet_cloud_calls_in_flight', inFlight.running - 1);
      metrics.count('eci_kubelet_cloud_calls_total', { service, action, code });
      metrics.observe('eci_kubelet_cloud_call_duration_seconds', durationMs / 1000, { service, action });
      if (log.isDebugEnabled()) log.debug('Cloud call', { service, action, code, attempt, durationMs });
    }
  }

  return {
    async call<T>(call: CloudCall<T>): Promise<T> {
      const { action, priority = 'by-id', identity } = call;
      const signal = eitherSignal(call.signal, call.waitSignal);
      const waiting = { priority, ...(signal === undefined ? {} : { signal }) };
      let keyRenewed = false;
      for (let attempt = 1; ; attempt += 1) {
        await budget.take(action, waiting).catch((reason: unknown) => giveUp(call, reason));
        // Before a place is taken: an identity makes calls of its own, which need places too.
        const caller = call.caller ?? (await identity?.accessKey());
        if (signal?.aborted === true) giveUp(call, signal.reason);
        let sent = false;
        try {
          return await inFlight.run(() => {
            sent = true;
            return measured(call, caller, attempt);
          }, waiting);
        } catch (thrown) {
          call.signal?.throwIfAborted();
          if (!sent) giveUp(call, thrown);
          if (thrown instanceof EciKubeletError && !(thrown instanceof AlibabaCloudError)) throw thrown;
          const error = toAlibabaCloudError(thrown, { action, secrets: secretsOf(call, caller) });
          if (isThrottled(error)) budget.throttled(action);
          // A refused key is the one failure of a mutation that is repeated: the refusal proves that nothing happened.
          if (!keyRenewed && caller !== undefined && identity?.invalidate !== undefined && isCredentialInvalid(error)) {
            keyRenewed = true;
            identity.invalidate(caller);
            continue;
          }
          const delayMs = retryDelayMs(
            {
              action,
              attempt,
              error,
              connectionReset: isConnectionReset(thrown),
              ...(call.maxAttempts === undefined ? {} : { maxAttempts: call.maxAttempts }),
            },
            random,
          );
          if (delayMs === undefined || call.waitSignal?.aborted === true) throw error;
          if (delayMs === 0) continue;
          await clock.sleep(delayMs, signal).catch((reason: unknown) => {
            throw call.signal?.aborted === true ? reason : error;
          });
        }
      }
    },
  };
}

/** @throws EciKubeletError where the program is ending: nobody should read of an aborted operation. */
function giveUp({ action, signal, waitSignal }: CloudCall<unknown>, reason: unknown): never {
  if (signal?.aborted === true || waitSignal?.aborted !== true) throw reason;
  throw new EciKubeletError('Cloud.NotSent', `${action} was not sent, because this program is ending`);
}

function eitherSignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}

function secretsOf(call: CloudCall<unknown>, caller: AccessKey | undefined): Secret[] {
  const own =
    caller === undefined ? [] : [caller.accessKeySecret, ...(caller.securityToken ? [caller.securityToken] : [])];
  return [...own, ...(call.secrets ?? [])];
}

/** Codes come from the other side: only what looks like one becomes a label. */
function codeLabel(code: string): string {
  return /^[\w.-]{1,64}$/.test(code) ? code : 'other';
}
