/** What is remembered of the Secret of one namespace, and what it should be. */
import { createHash } from 'node:crypto';
import { toRfc3339 } from '../../clock.ts';
import type { KubeSecret } from '../../kube/types.ts';
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
import { readNoted, writeNoted, type NotedAccounts } from './noted-accounts.ts';

/** A Secret as it was last read or written. It holds no password. */
export interface KnownSecret {
  uid: string;
  resourceVersion: string;
  type: string;
  /** Has it our label? */
  isOurs: boolean;
  /** Its data cannot be changed. */
  isImmutable: boolean;
  /** Hash of what it says, to be compared with {@link contentState}. */
  state: string;
  noted: NotedAccounts;
}

/** Reads what is remembered of a Secret. */
export function knownSecret(secret: KubeSecret): KnownSecret {
  const { uid = '', resourceVersion = '', labels = {}, annotations = {} } = secret.metadata ?? {};
  return {
    uid,
    resourceVersion,
    // The API server always says it, and Opaque is what an absent one means.
    type: secret.type ?? 'Opaque',
    isOurs: labels[MANAGED_BY_LABEL] === MANAGED_BY,
    isImmutable: secret.immutable === true,
    state: hash([
      secret.data?.[SECRET_KEY],
      annotations[EXPIRES_AT_ANNOTATION] ?? null,
      annotations[ENTRIES_ANNOTATION] ?? null,
    ]),
    noted: readNoted(annotations[ATTACHED_ANNOTATION]),
  };
}

/** @returns what {@link KnownSecret.state} is once a Secret says what `content` says. */
export function contentState(content: SecretContent): string {
  const annotations = contentAnnotations(content);
  return hash([encode(content), annotations[EXPIRES_AT_ANNOTATION] ?? null, annotations[ENTRIES_ANNOTATION] ?? null]);
}

/** Says why a Secret of our name must be left alone. @returns undefined for one that we may write. */
export function conflictOf(found: KnownSecret, adoptExisting: boolean): string | undefined {
  if (found.type !== SECRET_TYPE) {
    return `its type is ${found.type}, and the type of a Secret cannot be changed; rename or delete it`;
  }
  if (found.isImmutable) return 'it is immutable; rename or delete it';
  if (found.isOurs || adoptExisting) return undefined;
  return `it has no label ${MANAGED_BY_LABEL}: ${MANAGED_BY}; rename or delete it, or have it taken over with --adopt-existing`;
}

/** Builds the Secret of a namespace that has none. */
export function newSecret(namespace: string, content: SecretContent, noted: readonly string[]): KubeSecret {
  const annotations = Object.entries(contentAnnotations(content)).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: SECRET_NAME,
      namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: { ...Object.fromEntries(annotations), [ATTACHED_ANNOTATION]: writeNoted(noted) },
    },
    type: SECRET_TYPE,
    data: { [SECRET_KEY]: encode(content) },
  };
}

/**
 * Builds the merge patch that makes a Secret say what `content` says. Other keys, labels and annotations stay. The version makes it
 * fail when anybody has written since, and the UID when it is another Secret by now.
 */
export function secretPatch(found: KnownSecret, content: SecretContent, noted: readonly string[]): object {
  return {
    metadata: {
      uid: found.uid,
      resourceVersion: found.resourceVersion,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: { ...contentAnnotations(content), [ATTACHED_ANNOTATION]: writeNoted(noted) },
    },
    ...(found.state === contentState(content) ? {} : { data: { [SECRET_KEY]: encode(content) } }),
  };
}

/** null takes an annotation away. */
function contentAnnotations({ expiresAtMs, marks }: SecretContent): Record<string, string | null> {
  return {
    [EXPIRES_AT_ANNOTATION]: expiresAtMs === undefined ? null : toRfc3339(expiresAtMs),
    [ENTRIES_ANNOTATION]: marks.length === 0 ? null : JSON.stringify(marks),
  };
}

function encode({ dockerConfig }: SecretContent): string {
  return Buffer.from(dockerConfig.reveal(), 'utf8').toString('base64');
}

function hash(parts: readonly (string | null | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
