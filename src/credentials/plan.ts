/**
 * Decides, without any call, what is to be tried for each registry host of an object. `plan` prints exactly this value.
 * Source: ECI help centre, pull images from ACR without a secret; ECI API reference, AcrRegistryInfo.
 */
import { parseImageReference, type ImageReference } from '../images/image-reference.ts';
import { classifyRegistryHost, type RegistryHost } from '../images/registry-host.ts';
import { describeChain, describeRegistry } from './describe-chain.ts';
import { matchPullSecret } from './pull-secret-match.ts';
import type { AcrEntry, CredentialRequest, DeliveryMode, Note, PullSecretCredential } from './types.ts';

/** An entry that may serve a host. */
export interface Candidate {
  entry: AcrEntry;
  /** Where its registry is: the entry's region, the host's, or our own. */
  regionId: string;
  /** The whole chain in words. */
  chain: string;
}

/** What is to be done for one host. */
export type HostDecision =
  /** The user wrote the credential down; it wins over everything else. */
  | { kind: 'pull-secret'; credential: PullSecretCredential }
  /** ACR's own domain and no entry: ECI's service-linked role may pull already, if the account is the same. */
  | { kind: 'same-account-default' }
  /** Not ACR, and no instance could claim it: nothing from us. */
  | { kind: 'anonymous' }
  /** ACR's own domain, and none of the named instances can be the one behind it. */
  | { kind: 'not-owned'; instanceIds: string[] }
  /** These are tried in order, or handed to ECI, as the delivery mode says. */
  | { kind: 'entries'; candidates: Candidate[] };

/** What is to be done about one registry host, decided without a call. */
export interface HostPlan {
  host: string;
  images: string[];
  registry: RegistryHost;
  decision: HostDecision;
  /** Something about the host that the user should know before anything runs. */
  remark?: string;
}

/** What is to be done about every registry host of an object. */
export interface CredentialPlan {
  delivery: DeliveryMode;
  hosts: HostPlan[];
  notes: Note[];
}

/** The settings that a plan depends on. */
export interface PlanOptions {
  delivery: DeliveryMode;
  /** Region of this component, in which instances without a region are. */
  ownRegion: string;
  /** How the component's own identity is called; absent offline. */
  identity?: string;
}

const DOCKER_HUB = 'docker.io';
const DEDICATED_REMARK =
  'Personal Edition with a domain of its own: no password can be obtained for it. Use --credential-delivery=forward or imagePullSecrets.';

/**
 * Plans the credentials of one object.
 * @throws ImageReferenceError for an image that is no reference.
 */
export function planCredentials(request: CredentialRequest, options: PlanOptions): CredentialPlan {
  const hosts = [...groupByHost(request.images)].map(([host, group]) => planHost(host, group, { request, options }));
  return {
    delivery: options.delivery,
    hosts: hosts.map(({ plan }) => plan),
    notes: [...hosts.flatMap(({ notes }) => notes), ...idleNotes(request.entries, hosts)],
  };
}

interface Group {
  images: string[];
  references: ImageReference[];
}

interface PlannedHost {
  plan: HostPlan;
  notes: Note[];
  /** Entries that the outcome speaks of, so that they need no warning of their own. */
  mentioned: readonly AcrEntry[];
}

function groupByHost(images: readonly string[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const image of new Set(images)) {
    const reference = parseImageReference(image);
    const group = groups.get(reference.host) ?? { images: [], references: [] };
    group.images.push(image);
    group.references.push(reference);
    groups.set(reference.host, group);
  }
  return groups;
}

function planHost(
  host: string,
  group: Group,
  context: { request: CredentialRequest; options: PlanOptions },
): PlannedHost {
  const { request, options } = context;
  const registry = classifyRegistryHost(host);
  const candidates = candidatesFor(host, registry, { entries: request.entries, options });
  const mentioned = candidates.map(({ entry }) => entry);
  const plan = { host, images: group.images, registry };

  const credential = matchPullSecret(group.references, request.pullSecrets);
  if (credential !== undefined) {
    const notes = candidates.length === 0 ? [] : [pullSecretNote(host, credential)];
    return { plan: { ...plan, decision: { kind: 'pull-secret', credential } }, notes, mentioned };
  }
  if (candidates.length > 0) {
    const remark = registry.kind === 'personal-dedicated' ? { remark: DEDICATED_REMARK } : {};
    return { plan: { ...plan, decision: { kind: 'entries', candidates }, ...remark }, notes: [], mentioned };
  }
  if (registry.kind === 'other') return { plan: { ...plan, decision: { kind: 'anonymous' } }, notes: [], mentioned };
  const named = request.entries.filter((entry) => entry.instanceId !== undefined);
  if (named.length === 0) {
    return { plan: { ...plan, decision: { kind: 'same-account-default' } }, notes: [], mentioned };
  }
  const instanceIds = named.map((entry) => entry.instanceId ?? '');
  return {
    plan: { ...plan, decision: { kind: 'not-owned', instanceIds } },
    notes: [elsewhereNote(host, registry, { named, ownRegion: options.ownRegion })],
    mentioned: named,
  };
}

/** Which entries may serve a host, judged by names alone. */
function candidatesFor(
  host: string,
  registry: RegistryHost,
  context: { entries: readonly AcrEntry[]; options: PlanOptions },
): Candidate[] {
  const { entries, options } = context;
  // Docker Hub's name can be bound to no instance; asking would cost a call for every sidecar.
  if (host === DOCKER_HUB) return [];
  return entries.flatMap((entry) => {
    const instanceRegion = entry.regionId ?? options.ownRegion;
    const regionId = registry.kind === 'other' ? instanceRegion : registry.regionId;
    if (!mayServe(entry, registry, instanceRegion)) return [];
    const registryText =
      entry.instanceId === undefined && registry.kind === 'enterprise'
        ? `instance ${registry.instanceName} in ${regionId}`
        : describeRegistry(entry.instanceId, regionId);
    return [{ entry, regionId, chain: `${describeChain(entry, options.identity)} → ${registryText}` }];
  });
}

function mayServe(entry: AcrEntry, registry: RegistryHost, instanceRegion: string): boolean {
  const isNamed = entry.instanceId !== undefined;
  if (registry.kind === 'other') return isNamed;
  return registry.kind === 'enterprise' ? !isNamed || instanceRegion === registry.regionId : !isNamed;
}

function pullSecretNote(host: string, credential: PullSecretCredential): Note {
  return {
    type: 'Normal',
    reason: 'PullSecretPreferred',
    message: `${host}: the Secret ${credential.source} is used; the ACR annotations are not consulted for this host.`,
  };
}

function elsewhereNote(
  host: string,
  registry: Exclude<RegistryHost, { kind: 'other' }>,
  context: { named: readonly AcrEntry[]; ownRegion: string },
): Note {
  const ids = context.named.map((entry) => describeRegistry(entry.instanceId, entry.regionId ?? context.ownRegion));
  const why =
    registry.kind === 'enterprise'
      ? `the host is in ${registry.regionId}, so write the id as ${registry.regionId}:cri-… if it is that instance`
      : 'the host belongs to Personal Edition, which has no instance ids';
  return {
    type: 'Warning',
    reason: 'RegistryHostNotOwned',
    message: `${host}: not served by ${ids.join(', ')}; ${why}. It is pulled as if no instance had been named.`,
  };
}

/** Named instances that no host of the object could belong to. */
function idleNotes(entries: readonly AcrEntry[], hosts: readonly PlannedHost[]): Note[] {
  const mentioned = new Set(hosts.flatMap((host) => host.mentioned));
  const names = hosts.map(({ plan }) => plan.host);
  return entries
    .filter((entry) => entry.instanceId !== undefined && !mentioned.has(entry))
    .map((entry) => idleInstanceNote(entry.instanceId ?? '', names));
}

/** What to do about an instance whose hosts are others. */
export const OWNERSHIP_REMEDY = 'correct the id or its region, or bind the domain to the instance';

/**
 * Warns about an instance that was named and serves none of the object's hosts.
 * @param why a clause with the remedy in it.
 */
export function idleInstanceNote(instanceId: string, hosts: readonly string[], why = OWNERSHIP_REMEDY): Note {
  return {
    type: 'Warning',
    reason: 'RegistryHostNotOwned',
    message: `Instance ${instanceId} serves none of the image hosts ${hosts.join(', ')}: ${why}. No password was handed out.`,
  };
}
