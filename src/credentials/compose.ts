import type { AcrRegistryInfo, ImageRegistryCredential } from '../alibaba/eci-requests.ts';
import { toAcrRegistryInfo } from './acr-registry-info.ts';
import { CredentialError, credentialErrorCodes, forHosts } from './errors.ts';
import { idleInstances, outcomeOf, type TriedHost } from './host-outcome.ts';
import type { HostResult } from './host-resolver.ts';
import { forwardNotes, resolvedNotes, strangerNotes } from './outcome-notes.ts';
import type { CredentialPlan, HostPlan } from './plan.ts';
import type { ResolvedCredentials } from './types.ts';

/** Source: ECI API reference, CreateContainerGroup: lists of 10 and 20. */
const MAX_CREDENTIALS = 10;
const MAX_ENTRIES = 20;

/**
 * Puts together what is handed to ECI and what the user is told. Pure.
 * @param results per host of the plan whose decision was `entries`.
 * @throws CredentialError when a chain failed, or when more would be sent than ECI takes: nothing may be created then.
 */
export function composeCredentials(
  plan: CredentialPlan,
  results: ReadonlyMap<string, HostResult>,
): ResolvedCredentials {
  const tried = plan.hosts.flatMap((host): TriedHost[] => {
    const result = results.get(host.host);
    return result === undefined ? [] : [{ plan: host, result }];
  });
  throwFailure(tried);
  const idle = idleInstances(plan, tried);
  const hosts = plan.hosts.map((host) => outcomeOf(host, results.get(host.host), idle));
  const expiries = hosts.flatMap((host) => (host.kind === 'resolved' ? [host.expiresAtMs] : []));
  const composed: ResolvedCredentials = {
    imageRegistryCredentials: plan.hosts.flatMap((host) => credentialOf(host, results.get(host.host))),
    acrRegistryInfos: forwardedInfos(tried),
    hosts,
    notes: [...plan.notes, ...resolvedNotes(tried), ...forwardNotes(tried), ...strangerNotes(plan, tried, idle)],
    ...(expiries.length === 0 ? {} : { expiresAtMs: Math.min(...expiries) }),
  };
  throwIfTooMany(composed);
  return composed;
}

/** Every host must succeed, so a failure that stays outweighs one that may pass. */
function throwFailure(tried: readonly TriedHost[]): void {
  const failed = tried.flatMap(({ plan, result }) =>
    result.kind === 'failed' ? [{ host: plan.host, error: result.error }] : [],
  );
  const worst = failed.find(({ error }) => error.class !== 'transient') ?? failed[0];
  if (worst === undefined) return;
  const hosts = failed.filter(({ error }) => error.message === worst.error.message).map(({ host }) => host);
  throw forHosts(worst.error, hosts);
}

function throwIfTooMany({ imageRegistryCredentials, acrRegistryInfos }: ResolvedCredentials): void {
  const limits = [
    { what: 'registry credentials', count: imageRegistryCredentials.length, max: MAX_CREDENTIALS },
    { what: 'ACR entries', count: acrRegistryInfos.length, max: MAX_ENTRIES },
  ];
  const broken = limits.find(({ count, max }) => count > max);
  if (broken === undefined) return;
  throw new CredentialError({
    code: credentialErrorCodes.tooMany,
    message: `The object needs ${broken.count} ${broken.what}, and ECI takes at most ${broken.max}.`,
    advice: 'Use images of fewer registries, or name fewer of them in annotations and imagePullSecrets.',
    class: 'permanent',
  });
}

function credentialOf(host: HostPlan, result: HostResult | undefined): ImageRegistryCredential[] {
  if (host.decision.kind === 'pull-secret') {
    const { userName, password } = host.decision.credential;
    return [{ server: host.host, userName, password }];
  }
  if (result?.kind !== 'resolved') return [];
  return [{ server: host.host, userName: result.password.userName, password: result.password.password }];
}

/** An entry that may serve several hosts goes out once. */
function forwardedInfos(tried: readonly TriedHost[]): AcrRegistryInfo[] {
  const entries = tried.flatMap(({ result }) =>
    result.kind === 'forward' ? result.candidates.map(({ entry }) => entry) : [],
  );
  return [...new Set(entries)].map(toAcrRegistryInfo);
}
