import { adviceFor, cloudErrorOf, describeCode, isTrustRefusal } from '../../alibaba/error-classes.ts';
import { CredentialError } from '../../credentials/errors.ts';
import type { Hop } from '../../credentials/hop.ts';
import { EciKubeletError } from '../../errors.ts';
import {
  adviceTable,
  callerOf,
  grantAction,
  registryAction,
  REGISTRY_PLACES,
  wrongRegion,
  type AdviceRow,
  type Failed,
  type Place,
} from './advice-table.ts';
import type { EntryPlan } from './model.ts';

/** @returns one sentence about what to do after `error`, which came of running the chain of `plan`. */
export function adviceForEntry(plan: EntryPlan, error: unknown): string {
  const hop = error instanceof CredentialError ? error.hop : undefined;
  const cloud = cloudErrorOf(error);
  const failed: Failed = { plan, hop, cloud, place: placeOf(plan, hop) };
  const code = cloud?.code ?? codeOf(error);
  const row = adviceTable.find((candidate) => fits(candidate, failed, code));
  if (row !== undefined) return row.advice(failed);
  return adviceForUnknownCode(failed, code) ?? adviceFor(error);
}

function placeOf({ identity }: EntryPlan, hop: Hop | undefined): Place {
  if (hop === undefined) return 'password';
  switch (hop.name) {
    case 'identity':
      return identity.kind === 'base' ? identity.base : identity.kind;
    case 'instance lookup':
      return 'host names';
    case 'registry password':
      return 'password';
    case 'service role':
    case 'user role':
    case 'assumed role':
      return 'assumed role';
    default:
      return hop.name satisfies never;
  }
}

function fits({ places, codes, denial }: AdviceRow, { place, cloud }: Failed, code: string): boolean {
  if (places !== undefined && !places.includes(place)) return false;
  if (!codes.some((pattern) => (pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code))) {
    return false;
  }
  const trust = isTrustRefusal(cloud);
  return denial === undefined || denial === (trust === 'yes' ? 'trust' : trust === 'no' ? 'caller' : 'unknown');
}

/** No complete table of the registry's codes is published, but its statuses mean what they say. */
function adviceForUnknownCode(failed: Failed, code: string): string | undefined {
  if (!REGISTRY_PLACES.includes(failed.place) || describeCode(code) !== undefined) return undefined;
  const status = failed.cloud?.httpStatus;
  if (status === 404) return wrongRegion(failed);
  if (status === 401 || status === 403) return grantAction(failed);
  return status === 200
    ? `Check that ${callerOf(failed)} has ${registryAction(failed)}, and in the console that the instance is running in ${failed.plan.regionId}.`
    : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof EciKubeletError ? error.code : '';
}
