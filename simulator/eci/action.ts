import type { SimRequest } from '../types.ts';
import type { EciService } from './eci-service.ts';
import { parameterNames } from './parameters/grammar.ts';
import type { Members, ReadMembers } from './parameters/grammar.ts';
import { readParameters } from './parameters/read-parameters.ts';
import type { Owner } from './resource-store.ts';

/** The body of an answer, without its request id. */
export type Answer = Record<string, unknown>;

/** One call of an action. */
export interface Call<P> {
  readonly service: EciService;
  readonly request: SimRequest;
  readonly params: P;
  /** The caller's account and the region that the call is about. */
  readonly owner: Owner;
}

/** An action that can be registered. */
export interface EciAction {
  /** Wire names, `N` for indexes. */
  readonly parameters: readonly string[];
  /** @throws SimError the refusal. */
  perform(service: EciService, request: SimRequest): Answer | Promise<Answer>;
}

/** Puts reading and counting in front of what an action does. */
export function defineAction<M extends Members>(
  members: M,
  perform: (call: Call<ReadMembers<M> & { RegionId: string }>) => Answer | Promise<Answer>,
): EciAction {
  return {
    parameters: parameterNames(members),
    perform: (service, request) => {
      const { accountId } = request.principal;
      const params = readParameters(members, request.params);
      // Optional on DescribeRegions alone, mandatory on every other action.
      const regionId = request.params.get('RegionId') ?? request.regionId;
      const owner = { accountId, regionId };
      service.rateLimits?.count({ ...owner, action: request.action });
      return perform({ service, request, params: { ...params, RegionId: regionId }, owner });
    },
  };
}
