/** What the Secret of one namespace should be, and the one write that gets it there. Pure. */
import type { KubeSecret } from '../../kube/types.ts';
import { toRfc3339 } from '../../clock.ts';
import type { SecretContent } from '../entries/credential-book.ts';
import {
  ATTACHED_ANNOTATION,
  ENTRIES_ANNOTATION,
  EXPIRES_AT_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SECRET_KEY,
  SECRET_NAME,
  SECRET_TYPE,
} from '../names.ts';

/** What is remembered of a Secret, so that a pass with nothing to do needs no call. It holds no password. */
export interface KnownSecret {
  uid: string;
  resourceVersion: string;
  type: string;
  isOurs: boolean;
  /** Digest of the content that we wrote; absent where somebody else may have. */
  digest?: string;
  /** ServiceAccounts of the annotation. */
  attached: readonly string[];
}

/** What is to be done about the Secret. */
export type SecretStep =
  | { kind: 'nothing' }
  | { kind: 'create'; body: KubeSecret }
  | { kind: 'patch'; body: object }
  | { kind: 'conflict'; why: string };

/**
 * Decides about one Secret.
 * @param found undefined where there is none.
 * @param attached names of the ServiceAccounts that hold our entry or are about to get it, sorted.
 */
export function planSecret(options: {
  namespace: string;
  found: KnownSecret | undefined;
  content: SecretContent;
  attached: readonly string[];
  adoptExisting: boolean;
}): SecretStep {
  const { namespace, found, content, attached, adoptExisting } = options;
  if (found === undefined) return { kind: 'create', body: newSecret(namespace, content, attached) };
  const conflict = conflictOf(found, adoptExisting);
  if (conflict !== undefined) return { kind: 'conflict', why: conflict };
  const isCurrent = found.isOurs && found.digest === content.digest && sameNames(found.attached, attached);
  if (isCurrent) return { kind: 'nothing' };
  return { kind: 'patch', body: secretPatch(found, content, attached) };
}

/** Says why a Secret of our name must be left alone. @returns undefined for one that we may write. */
export function conflictOf(found: KnownSecret, adoptExisting: boolean): string | undefined {
  if (found.type !== SECRET_TYPE) {
    return `its type is ${found.type}, which cannot be changed; delete or rename it`;
  }
  if (found.isOurs || adoptExisting) return undefined;
  return `it does not carry the label ${MANAGED_BY_LABEL}: ${MANAGED_BY}; rename it, or run with --adopt-existing to have it taken over`;
}

/** Reads what is remembered of a Secret. @param digest of its content, where we know it. */
export function knownSecret(secret: KubeSecret, digest?: string): KnownSecret {
  const { uid = '', resourceVersion = '', labels, annotations } = secret.metadata ?? {};
  return {
    uid,
    resourceVersion,
    type: secret.type ?? 'Opaque',
    isOurs: labels?.[MANAGED_BY_LABEL] === MANAGED_BY,
    ...(digest === undefined ? {} : { digest }),
    attached: namesOf(annotations?.[ATTACHED_ANNOTATION]),
  };
}

/** Reads the list of an annotation. */
export function namesOf(annotation: string | undefined): string[] {
  return (annotation ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

/** @returns whether a stored Secret says exactly what `content` says. */
export function holds(secret: KubeSecret, content: SecretContent): boolean {
  const annotations = secret.metadata?.annotations ?? {};
  const wanted = contentAnnotations(content);
  return (
    secret.data?.[SECRET_KEY] === encode(content) &&
    Object.entries(wanted).every(([key, value]) => (annotations[key] ?? null) === value)
  );
}

function newSecret(namespace: string, content: SecretContent, attached: readonly string[]): KubeSecret {
  const annotations = { ...contentAnnotations(content), [ATTACHED_ANNOTATION]: attached.join(',') };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: SECRET_NAME,
      namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: Object.fromEntries(
        Object.entries(annotations).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
      ),
    },
    type: SECRET_TYPE,
    data: { [SECRET_KEY]: encode(content) },
  };
}

/** A merge patch: other keys, labels and annotations stay. The version makes it fail when anybody has written since. */
function secretPatch(found: KnownSecret, content: SecretContent, attached: readonly string[]): object {
  return {
    metadata: {
      uid: found.uid,
      resourceVersion: found.resourceVersion,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: { ...contentAnnotations(content), [ATTACHED_ANNOTATION]: attached.join(',') },
    },
    ...(found.digest === content.digest ? {} : { data: { [SECRET_KEY]: encode(content) } }),
  };
}

/** null takes an annotation away. */
function contentAnnotations(content: SecretContent): Record<string, string | null> {
  return {
    [EXPIRES_AT_ANNOTATION]: content.expiresAtMs === undefined ? null : toRfc3339(content.expiresAtMs),
    [ENTRIES_ANNOTATION]: content.marks.length === 0 ? null : JSON.stringify(content.marks),
  };
}

function encode(content: SecretContent): string {
  return Buffer.from(content.dockerConfig.reveal(), 'utf8').toString('base64');
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
