import type { CreateContainerGroupRequest } from '../../alibaba/eci-requests.ts';
import { describeProblem } from '../../annotations/describe-problem.ts';
import type { PodIntent, Problem } from '../../annotations/types.ts';
import { CredentialError } from '../../credentials/errors.ts';
import type { Note, ResolvedCredentials } from '../../credentials/types.ts';
import { unprotectedHosts } from '../../credentials/unprotected-hosts.ts';
import type { EventReasonName } from '../../event-reasons.ts';
import type { Pod, PodCondition } from '../../kube/types.ts';
import type { CreateAttempt, CreateOutcome } from '../../node/pod-provider.ts';
import { admitPod } from '../admission/admit-pod.ts';
import { applyPlacement, type PlacedAttempt } from '../placement/apply-placement.ts';
import { matchImageCache } from '../placement/match-image-cache.ts';
import { readReferences } from '../references/read-references.ts';
import { readTokens } from '../references/read-tokens.ts';
import type { ReadTokens } from '../references/read-tokens.ts';
import { buildContainerGroupRequest } from '../request/build-request.ts';
import { translatePlatform } from '../request/platform.ts';
import { resolvePod } from '../request/resolve-pod.ts';
import type { ResolvedPod } from '../request/resolve-pod.ts';
import { resolveSize } from '../size/resolve-size.ts';
import type { EciProviderConfig, PreparePorts } from '../types.ts';
import { imageCredentialsCondition, imageCredentialsFailed } from './image-credentials-condition.ts';

/** A request that may be sent, with what should be said about it. */
export interface PreparedCreate {
  kind: 'ready';
  request: CreateContainerGroupRequest;
  intent: PodIntent;
  credentials: ResolvedCredentials;
  conditions: PodCondition[];
  notes: Note[];
  /** When the first token of the Pod ends, epoch milliseconds. */
  tokenExpiresAtMs?: number;
}

/** What is prepared, with what, and for when. */
export interface PrepareOptions {
  pod: Pod;
  attempt: CreateAttempt;
  ports: PreparePorts;
  config: EciProviderConfig;
  nowMs: number;
  /** An update changes the containers of a group and leaves its volumes alone. Default: `create`. */
  purpose?: 'create' | 'update';
}

const NO_TOKENS: ReadTokens = { kind: 'ready', tokens: new Map() };

type NotReady = Exclude<CreateOutcome, { kind: 'created' }>;

/**
 * Does everything up to the create call: admission, annotations, what the Pod refers to, credentials, tokens, the request. Asks the
 * cluster and the credential services, and ECI only for image caches. What is cheap and may end the matter comes first; tokens, which are made for this
 * Pod alone, come last.
 *
 * @throws what the ports throw when it is worth another try; a credential chain that needs somebody's help is an outcome.
 */
export async function prepareCreate(options: PrepareOptions): Promise<PreparedCreate | NotReady> {
  const { ports, config, nowMs } = options;
  const pod = (await ports.profile?.apply(options.pod)) ?? options.pod;
  const examined = examine({ ...options, pod });
  if (examined.kind === 'held') return examined;
  const { intent, notes } = examined;
  const asked = intent.request;
  const purpose = options.purpose ?? 'create';
  const references = await readReferences(pod, ports.references, { ...config, nowMs, purpose });
  const unready = notReady(resolvePod({ pod, references, asked, config, purpose }), notes);
  if (unready !== undefined) return unready;
  const pullSecrets = await ports.readPullSecrets(pod);
  notes.push(...pullSecrets.notes);
  let credentials: ResolvedCredentials;
  try {
    credentials = await ports.credentials.resolve({
      images: imagesOf(pod),
      entries: intent.acrEntries,
      pullSecrets: pullSecrets.credentials,
    });
  } catch (error) {
    if (!(error instanceof CredentialError) || error.class === 'transient') throw error;
    return credentialsFailed(error, notes, nowMs);
  }
  const unprotected = unprotectedHosts(credentials.hosts, intent.request);
  if (unprotected.length > 0) return held('InvalidAnnotation', unprotected, notes);
  notes.push(...credentials.notes);
  const tokens = purpose === 'update' ? NO_TOKENS : await readTokens(pod, ports.references, config);
  if (tokens.kind === 'waiting') return { ...tokens, notes: [...tokens.notes, ...notes] };
  const resolved = resolvePod({ pod, references: { ...references, tokens: tokens.tokens }, asked, config, purpose });
  const unsendable = notReady(resolved, notes);
  if (unsendable !== undefined) return unsendable;
  notes.push(...resolved.findings.notes);
  const matched = await matchImageCache(intent, imagesOf(pod), ports.imageCaches);
  notes.push(...examined.placement.notes, ...matched.notes);
  const condition = imageCredentialsCondition(credentials.hosts, nowMs);
  return {
    kind: 'ready',
    request: buildContainerGroupRequest({
      pod,
      attempt: options.attempt.number,
      intent: matched.intent,
      credentials,
      size: resolveSize(pod, asked).size,
      resolved,
      config: { ...config, vSwitchIds: examined.placement.vSwitchIds },
    }),
    intent: matched.intent,
    credentials,
    conditions: condition === undefined ? [] : [condition],
    notes,
    ...(resolved.tokenExpiresAtMs === undefined ? {} : { tokenExpiresAtMs: resolved.tokenExpiresAtMs }),
  };
}

/**
 * What stands against a Pod once everything it refers to has been looked up. Waiting comes first: what is missing may be the cause
 * of what cannot work.
 */
function notReady({ findings }: ResolvedPod, notes: readonly Note[]): NotReady | undefined {
  const said = [...findings.notes, ...notes];
  if (findings.missing.length > 0) {
    return {
      kind: 'waiting',
      reason: 'CreateContainerConfigError',
      message: findings.message,
      missing: findings.missing,
      notes: said,
    };
  }
  return findings.problems.length > 0 ? held('UnsupportedPodSpec', findings.problems, said) : undefined;
}

/** What can be said without asking anybody. Problems of annotations and of the spec are told together. */
function examine(
  options: PrepareOptions,
): { kind: 'fine'; intent: PodIntent; placement: PlacedAttempt; notes: Note[] } | Extract<NotReady, { kind: 'held' }> {
  const { pod, ports, config } = options;
  const { cpuArchitecture } = translatePlatform(pod, config.architecture);
  const parsed = ports.parseAnnotations(pod.metadata?.annotations ?? {}, {
    imageCount: new Set(imagesOf(pod)).size,
    cpuArchitecture: cpuArchitecture === 'ARM64' ? 'ARM64' : 'AMD64',
  });
  const dataCache = parsed.ok && parsed.intent.request.dataCacheBucket !== undefined;
  const admission = admitPod(pod, { dataCache }, config.admissionPolicies);
  if (!parsed.ok) return held('InvalidAnnotation', parsed.problems, admission.notes, admission);
  const sizeProblems = resolveSize(pod, parsed.intent.request).problems;
  const problems = [...admission.problems, ...sizeProblems];
  if (problems.length > 0) return held(admission.reason, problems, admission.notes);
  const placement = applyPlacement(parsed.intent, options.attempt, config.vSwitchIds);
  const { intent } = placement;
  const warnings = intent.warnings.map((warning): Note => ({
    type: 'Warning',
    reason: 'AnnotationIgnored',
    message: describeProblem(warning),
  }));
  return { kind: 'fine', intent, placement, notes: [...admission.notes, ...warnings, ...notHonouredYet(intent)] };
}

/** Behaviour that an annotation asks for and this version does not have: said, not passed over in silence. */
function notHonouredYet({ local }: PodIntent): Note[] {
  const asked: Readonly<Record<string, boolean>> = {
    'eci-eviction-enable': local.evictionEnable,
    'eci-wait-clusterip-ready': local.waitClusterIpReady,
  };
  return Object.keys(asked)
    .filter((name) => asked[name])
    .map((name) => ({
      type: 'Warning',
      reason: 'AnnotationIgnored',
      message: `k8s.aliyun.com/${name}: This version does not honour it; the Pod is created without.`,
    }));
}

function held(
  reason: EventReasonName,
  problems: readonly Problem[],
  notes: readonly Note[],
  more?: { reason: EventReasonName; problems: readonly Problem[] },
): Extract<NotReady, { kind: 'held' }> {
  const warn = (why: EventReasonName, list: readonly Problem[]) =>
    list.map((problem): Note => ({ type: 'Warning', reason: why, message: describeProblem(problem) }));
  return {
    kind: 'held',
    reason,
    problems: [...problems, ...(more?.problems ?? [])],
    conditions: [],
    notes: [...warn(reason, problems), ...(more === undefined ? [] : warn(more.reason, more.problems)), ...notes],
  };
}

function credentialsFailed(error: CredentialError, notes: readonly Note[], nowMs: number): NotReady {
  return {
    kind: 'held',
    reason: 'ImageCredentialsFailed',
    // The message says everything: host, hop, code and remedy.
    problems: [{ key: '', value: error.code, message: error.message }],
    conditions: [imageCredentialsFailed(error.message, nowMs)],
    notes: [{ type: 'Warning', reason: 'ImageCredentialsFailed', message: error.message }, ...notes],
  };
}

function imagesOf(pod: Pod): string[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(
    (container) => container.image ?? '',
  );
}
