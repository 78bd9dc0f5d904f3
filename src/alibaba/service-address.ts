import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/types.ts';
import type { CallAttempt } from './call.ts';
import { withDeadline } from './deadline.ts';
import type { Endpoint, EndpointOptions, Network } from './endpoints.ts';
import { localCodes } from './errors.ts';
import { isConnectionReset, timeoutError, toAlibabaCloudError } from './sdk-error.ts';

/** How long an address is kept to before the one inside the VPC is tried again. */
const KEEP_MS = 600_000;
/**
 * An address that has not answered lately is waited for this long only, because there is another one. Doubled at every change, so that a
 * service that is slow everywhere gets its whole time in the end.
 */
const TRIAL_MS = 3_000;
/** Far more than there are regions. */
const MAX_REGIONS = 200;

/** Which networks the addresses of a service are on: one of the two, or that from which an answer comes, inside the VPC first. */
export type NetworkOption = Network | 'auto';

/** How the addresses of a service are found. */
export interface ServiceEndpointOptions extends Omit<EndpointOptions, 'network'> {
  /** `public` when absent. An override wins over it. */
  network?: NetworkOption;
}

/** Where the requests to one service go. */
export interface ServiceAddress {
  /**
   * Makes one attempt at the address that is to be used now. An address that cannot be reached makes the next attempt go to the other
   * one; a refusal does not, because whoever refuses was reached.
   * @param send is given the address and the time that it has, milliseconds. It must not change what it closes over.
   * @throws what `send` throws, or AlibabaCloudError `Local.Timeout` for an address on trial that keeps silent.
   */
  attempt<T>(
    request: { action: string; regionId: string },
    limits: Pick<CallAttempt, 'timeoutMs' | 'signal'>,
    send: (endpoint: Endpoint, timeoutMs: number) => Promise<T>,
  ): Promise<T>;
}

export interface ServiceAddressOptions {
  /** The rules of the service. */
  endpointOf: (regionId: string, options: EndpointOptions) => Endpoint;
  options?: ServiceEndpointOptions | undefined;
  clock: Clock;
  log: Logger;
}

interface Choice {
  network: Network;
  /** How long it is waited for; absent once it has answered. */
  trialMs?: number;
  /** After this the address inside the VPC is tried again. */
  untilMs: number;
}

/** Creates the address of a service, for all regions. Nothing is sent. */
export function createServiceAddress({ endpointOf, options = {}, clock, log }: ServiceAddressOptions): ServiceAddress {
  const { network = 'public', override } = options;
  if (network !== 'auto' || (override !== undefined && override !== '')) {
    const fixed = { ...(network === 'auto' ? {} : { network }), ...(override === undefined ? {} : { override }) };
    return {
      attempt: async ({ regionId }, { timeoutMs }, send) => await send(endpointOf(regionId, fixed), timeoutMs),
    };
  }
  const choices = new LRUCache<string, Choice>({ max: MAX_REGIONS });

  function choose(regionId: string, chosen: Pick<Choice, 'network' | 'trialMs'>): Choice {
    const choice = { ...chosen, untilMs: clock.nowMs() + KEEP_MS };
    choices.set(regionId, choice);
    return choice;
  }

  function choiceOf(regionId: string): Choice {
    const choice = choices.get(regionId);
    return choice !== undefined && clock.nowMs() < choice.untilMs
      ? choice
      : choose(regionId, { network: 'vpc', trialMs: TRIAL_MS });
  }

  // Of attempts that were under way together only the first may change the choice, or each would turn it round again.
  function learn(regionId: string, tried: Choice, outcome: 'answered' | 'unreachable'): void {
    if (choices.get(regionId) !== tried) return;
    if (outcome === 'answered') {
      if (tried.trialMs !== undefined) choose(regionId, { network: tried.network });
      return;
    }
    const network = tried.network === 'vpc' ? 'public' : 'vpc';
    choose(regionId, { network, trialMs: (tried.trialMs ?? TRIAL_MS / 2) * 2 });
    log.info('a service cannot be reached at its address; its other address is tried', {
      host: endpointOf(regionId, { network: tried.network }).host,
      next: endpointOf(regionId, { network }).host,
    });
  }

  return {
    attempt: async ({ action, regionId }, { timeoutMs, signal }, send) => {
      const tried = choiceOf(regionId);
      const endpoint = endpointOf(regionId, { network: tried.network });
      const limitMs = Math.min(timeoutMs, tried.trialMs ?? timeoutMs);
      try {
        const answer = await withDeadline(() => send(endpoint, limitMs), {
          clock,
          timeoutMs: limitMs,
          signal,
          timeoutError: () => timeoutError(action),
        });
        learn(regionId, tried, 'answered');
        return answer;
      } catch (thrown) {
        const outcome = outcomeOf(thrown, action, tried);
        if (outcome !== undefined && !signal.aborted) learn(regionId, tried, outcome);
        throw thrown;
      }
    },
  };
}

/**
 * @returns undefined where a failure says nothing about an address that has answered before: a slow answer, or a connection kept open
 *   that the other side had closed.
 */
function outcomeOf(thrown: unknown, action: string, { trialMs }: Choice): 'answered' | 'unreachable' | undefined {
  const { code } = toAlibabaCloudError(thrown, { action });
  if (code !== localCodes.timeout && code !== localCodes.unreachable) return 'answered';
  const isProven = trialMs === undefined;
  return isProven && (code === localCodes.timeout || isConnectionReset(thrown)) ? undefined : 'unreachable';
}
