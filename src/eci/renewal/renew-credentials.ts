import type { ImageRegistryCredential } from '../../alibaba/eci-requests.ts';
import { classify, cloudErrorOf, isBusy } from '../../alibaba/error-classes.ts';
import { toRfc3339 } from '../../clock.ts';
import { CredentialError } from '../../credentials/errors.ts';
import type { AcrEntry, Note, ResolvedCredentials } from '../../credentials/types.ts';
import { EciKubeletError } from '../../errors.ts';
import type { Pod } from '../../kube/types.ts';
import type { EciProviderPorts } from '../types.ts';
import { heldCredentials, type HeldCredentials } from './held-credentials.ts';

/** What a renewal asks for. */
export interface RenewalRequest {
  pod: Pod;
  containerGroupId: string;
  /** Absent when it was never written down: then what is resolved now is taken for what was sent then. */
  held: HeldCredentials | undefined;
  entries: readonly AcrEntry[];
  minimumLifeMs: number | undefined;
}

/** What came of one try. */
export type RenewalOutcome =
  | { kind: 'renewed'; held: HeldCredentials; resolved: ResolvedCredentials; notes: readonly Note[] }
  /** The group holds nothing that ends, as it turned out. */
  | { kind: 'nothing'; held: HeldCredentials }
  /** The group is in a state that refuses changes, or another change is under way: soon again, and no reason to worry. */
  | { kind: 'busy' }
  /** `code` tells one cause from another; `message` is for the user, with the hop and advice where a chain failed. */
  | { kind: 'failed'; code: string; message: string };

/**
 * Renews the registry passwords of one container group, once, by an update of nothing but the credentials. The list replaces the
 * one before as a whole, so it has every entry, pull Secrets read anew; it never has more than the group was given, because a
 * longer list makes ECI restart the containers. Source: ECI API reference, UpdateContainerGroup.
 */
export async function renewCredentials(
  request: RenewalRequest,
  ports: Pick<EciProviderPorts, 'eci' | 'credentials' | 'readPullSecrets' | 'clock'>,
): Promise<RenewalOutcome> {
  const { pod, containerGroupId, held, entries } = request;
  try {
    const pullSecrets = await ports.readPullSecrets(pod);
    const resolved = await ports.credentials.resolve({
      images: imagesOf(pod),
      entries,
      pullSecrets: pullSecrets.credentials,
      ...(request.minimumLifeMs === undefined ? {} : { minimumLifeMs: request.minimumLifeMs, freshOrFail: true }),
    });
    const credentials = ofHeldHosts(resolved.imageRegistryCredentials, held);
    const nowMs = ports.clock.nowMs();
    const next = heldCredentials(containerGroupId, { credentials, hosts: resolved.hosts, entries, nowMs });
    const wanted = new Set(resolved.hosts.map(({ host }) => host));
    const gone = endingHosts(held).filter((host) => wanted.has(host) && !next.expiriesMs.has(host));
    if (gone.length > 0) return { kind: 'failed', code: 'NoLongerResolved', message: noLongerResolved(gone, resolved) };
    // A password that was made a moment ago is as fresh as can be had: it will do, a little later.
    if (held !== undefined && endingHosts(held).length > 0 && !outlives(next, held)) return { kind: 'busy' };
    if (held === undefined && endingHosts(next).length === 0) return { kind: 'nothing', held: next };
    await ports.eci.updateContainerGroup({
      containerGroupId,
      clientToken: renewalToken(pod.metadata?.uid ?? '', nowMs),
      updateType: 'IncrementalUpdate',
      imageRegistryCredential: credentials,
    });
    return { kind: 'renewed', held: next, resolved, notes: pullSecrets.notes };
  } catch (error) {
    return isBusy(error) ? { kind: 'busy' } : failed(error);
  }
}

/** A Secret that appeared after the creation would make the list longer. */
function ofHeldHosts(
  credentials: readonly ImageRegistryCredential[],
  held: HeldCredentials | undefined,
): ImageRegistryCredential[] {
  return credentials.filter(({ server }) => held?.expiriesMs.has(server) ?? true);
}

/** Would anything be gained? Hosts that a pull Secret serves by now are. */
function outlives(next: HeldCredentials, held: HeldCredentials): boolean {
  return endingHosts(held).some(
    (host) => (next.expiriesMs.get(host) ?? Infinity) > (held.expiriesMs.get(host) ?? 0) + 999,
  );
}

function endingHosts(held: HeldCredentials | undefined): string[] {
  return [...(held?.expiriesMs ?? [])].flatMap(([host, ms]) => (ms === undefined ? [] : [host]));
}

/** An update cannot hand over roles, so what ECI would have to run from now on has no way into a group that exists. */
function noLongerResolved(hosts: readonly string[], resolved: ResolvedCredentials): string {
  const forwarded = hosts.filter((host) =>
    resolved.hosts.some((said) => said.host === host && said.kind === 'forwarded'),
  );
  return forwarded.length > 0
    ? `${forwarded.join(', ')}: the service role no longer trusts this component, and role chains cannot be forwarded to a container group that exists. Restore the trust, or create the Pod anew.`
    : `${hosts.join(', ')}: no credential comes of the role chain any more. See the other events of the Pod, or create it anew.`;
}

function failed(error: unknown): Extract<RenewalOutcome, { kind: 'failed' }> {
  if (error instanceof CredentialError) return { kind: 'failed', code: error.code, message: error.message };
  const cloud = cloudErrorOf(error);
  if (cloud === undefined) {
    const message = error instanceof Error ? `${error.message}.` : 'unknown failure.';
    return { kind: 'failed', code: error instanceof EciKubeletError ? error.code : 'Unknown', message };
  }
  const request = cloud.requestId === undefined ? '' : ` (request id ${cloud.requestId})`;
  const advice = classify(error) === 'permission' ? ' Allow eci:UpdateContainerGroup.' : '';
  const message = `UpdateContainerGroup was answered ${cloud.code}${request}.${advice}`;
  return { kind: 'failed', code: cloud.code, message };
}

/** One token for each try: to send the same list twice has no effect of its own, and lists of two tries may differ. */
function renewalToken(uid: string, nowMs: number): string {
  return `${uid}-r${nowMs.toString(36)}`.slice(-64);
}

function imagesOf(pod: Pod): string[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ image = '' }) => image);
}

/** Says what a failed renewal means for the Pod. @param expiresAtMs end of what the group holds, epoch milliseconds. */
export function describeRenewalFailure(message: string, expiresAtMs: number | undefined, nowMs: number): string {
  if (expiresAtMs === undefined) return `Registry passwords of the container group could not be renewed: ${message}`;
  const until =
    expiresAtMs > nowMs
      ? `Those that it holds serve until ${toRfc3339(expiresAtMs)}.`
      : `Those that it holds ended at ${toRfc3339(expiresAtMs)}: its next pull fails.`;
  return `Registry passwords of the container group could not be renewed: ${message} ${until}`;
}
