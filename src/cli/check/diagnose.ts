import { toRfc3339 } from '../../clock.ts';
import { SECRET_NAME } from '../../credential-helper/names.ts';
import type { Cause } from './cause.ts';
import { causes as knownCauses } from './causes.ts';
import { failure } from './causes/pod-causes.ts';
import { nameEntry, tellError } from './coverage.ts';
import type { PullFacts } from './facts.ts';
import type { Seen } from '../helper/look.ts';
import { pullContext, pullSecretNames } from './pull-context.ts';
import type { PullContext } from './pull-context.ts';

/**
 * `anonymous`: there are no credentials, and none of the helper's business; a public image can be pulled. `unknown`: too much could not
 * be seen.
 */
export type Verdict = 'yes' | 'no' | 'anonymous' | 'unknown';

/** Why not, and what to do. */
export interface FoundCause {
  id: string;
  message: string;
  remedy: string;
}

/** Whether one image can be pulled. A plain value: every output format prints this. Times are RFC 3339. */
export interface Diagnosis {
  image: string;
  /** Absent when the reference is invalid. */
  host?: string;
  /** Of the Pod, with this image. */
  containers?: readonly string[];
  verdict: Verdict;
  /** The credential that the kubelet uses. */
  by?: {
    secret: string;
    /** Key of the docker configuration. */
    server: string;
    entry?: { position: number; instanceId?: string; regionId?: string; chain?: string };
    until?: string;
  };
  /** The most decisive first. */
  causes: readonly FoundCause[];
  remarks: readonly string[];
  /** What this user may not see, and why. */
  notSeen: readonly string[];
}

/** Says whether an image can be pulled, by what, and if not, every reason. Pure. */
export function diagnoseImage(facts: PullFacts): Diagnosis {
  const context = pullContext(facts);
  const found = findCauses(context);
  const { reference } = context;
  return {
    image: facts.image,
    ...(reference === undefined ? {} : { host: reference.host }),
    ...(facts.pod === undefined ? {} : { containers: facts.pod.containers }),
    verdict: verdictOf(context, found),
    ...byWhat(context),
    causes: found.map(({ cause, message, remedy }) => ({ id: cause.id, message, remedy })),
    remarks: remarksOf(context, found),
    notSeen: notSeen(facts),
  };
}

type Found = FoundCause & { cause: Cause };

function findCauses(context: PullContext): Found[] {
  const found: Found[] = [];
  for (const cause of knownCauses) {
    if (context.usable !== undefined && cause.despiteCredentials !== true) continue;
    if (found.some((earlier) => earlier.cause.final === true) && cause.despiteCredentials !== true) continue;
    const finding = cause.find(context);
    if (finding !== undefined) found.push({ id: cause.id, cause, ...finding });
  }
  const ids = new Set(found.map(({ id }) => id));
  return found.filter(({ cause }) => cause.explainedBy?.some((id) => ids.has(id)) !== true);
}

function verdictOf(context: PullContext, found: readonly Found[]): Verdict {
  if (found.some(({ cause }) => cause.harmless !== true)) return 'no';
  if (context.usable !== undefined) return 'yes';
  if (found.length === 0) return 'unknown';
  return failure(context) === undefined ? 'anonymous' : 'no';
}

function byWhat({ usable, coverage }: PullContext): Pick<Diagnosis, 'by'> {
  if (usable === undefined) return {};
  const { secretName, server, expiresAtMs, ours } = usable;
  const entry = ours && coverage.kind === 'covered' ? coverage.entry : undefined;
  return {
    by: {
      secret: secretName,
      server,
      ...(entry === undefined
        ? {}
        : {
            entry: {
              position: entry.position,
              ...(entry.instanceId === undefined ? {} : { instanceId: entry.instanceId }),
              ...(entry.regionId === undefined ? {} : { regionId: entry.regionId }),
              ...(entry.chain === undefined ? {} : { chain: entry.chain }),
            },
          }),
      ...(expiresAtMs === undefined ? {} : { until: toRfc3339(expiresAtMs) }),
    },
  };
}

function remarksOf(context: PullContext, found: readonly Found[]): string[] {
  const { facts, usable, registry, coverage, reference } = context;
  const remarks: string[] = [];
  if (usable !== undefined && usable.secretName === SECRET_NAME && !usable.ours) {
    remarks.push(`The Secret ${SECRET_NAME} was not made by this helper, so nobody knows how long it serves.`);
  }
  if (usable?.onItsWord === true) {
    remarks.push('This is what the leader of the helper says: whether the Secret is as it wrote it may not be seen.');
  }
  if (usable?.ours === true && coverage.kind === 'covered' && coverage.entry.state === 'failing') {
    const { lastError } = coverage.entry;
    const why = lastError === undefined ? '' : ` ${tellError(lastError)}`;
    remarks.push(`Renewal of ${nameEntry(coverage.entry)} fails.${why}`);
  }
  if (facts.pod === undefined && 'network' in registry && registry.network === 'vpc') {
    remarks.push(
      `${reference?.host ?? ''} can be reached only from VPCs that are linked to the instance; elsewhere the kubelet says "no such host".`,
    );
  }
  if (usable === undefined && found.length > 0 && registry.kind !== 'other' && registry.kind !== 'personal-dedicated') {
    remarks.push('A public repository can be pulled all the same.');
  }
  const said = failure(context);
  if (said !== undefined && !found.some(({ cause }) => cause.despiteCredentials === true)) {
    remarks.push(`The kubelet reports for container ${said.container}: ${said.reason}: ${said.message}`);
  }
  if (facts.pod?.pulled === true) remarks.push('A container with this image has started, so it was pulled.');
  return remarks;
}

function notSeen(facts: PullFacts): string[] {
  const { namespace, helper } = facts;
  const names = new Set([SECRET_NAME, ...pullSecretNames(facts)]);
  return [
    ...(helper.configuration.kind === 'hidden' ? [`The configuration of the helper: ${helper.configuration.why}`] : []),
    ...hidden(`The namespace ${namespace}`, facts.namespaceState),
    ...hidden(`The ServiceAccount ${namespace}/${facts.serviceAccountName}`, facts.serviceAccount),
    ...[...names].flatMap((name) => hidden(`The Secret ${namespace}/${name}`, facts.secrets.get(name))),
  ];
}

function hidden(what: string, seen: Seen<unknown> | undefined): string[] {
  return seen?.kind === 'hidden' ? [`${what}: ${seen.why}`] : [];
}
