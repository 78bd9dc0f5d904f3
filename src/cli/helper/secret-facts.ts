import {
  ENTRIES_ANNOTATION,
  EXPIRES_AT_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
} from '../../credential-helper/names.ts';
import { decodePullSecret } from '../../credentials/pull-secrets.ts';
import type { KubeSecret } from '../../kube/types.ts';

/** What matters of a pull Secret. Never a password. */
export interface SecretFacts {
  /** Carries the label by which the helper knows its own. */
  ours: boolean;
  /** Normalized keys of the docker configuration that have a user name and a password. */
  servers: readonly string[];
  /** Why the kubelet can make nothing of it, as the end of a sentence; absent when it can. */
  unusable?: string;
  /** Earliest expiry that the helper wrote on it, epoch milliseconds. */
  expiresAtMs?: number;
  /** The same by hosts. */
  marks: readonly { hosts: readonly string[]; expiresAtMs: number }[];
}

/** Leaves everything secret behind. Pure. */
export function secretFacts(secret: KubeSecret): SecretFacts {
  const { credentials, problems } = decodePullSecret(secret);
  const annotations = secret.metadata?.annotations ?? {};
  const expiresAtMs = Date.parse(annotations[EXPIRES_AT_ANNOTATION] ?? '');
  // A problem with one server leaves the others usable; `{"auths":{}}` has neither servers nor problems.
  const unusable = credentials.length === 0 ? problems[0]?.message : undefined;
  return {
    ours: secret.metadata?.labels?.[MANAGED_BY_LABEL] === MANAGED_BY,
    servers: credentials.map(({ server }) => server).toSorted(),
    ...(unusable === undefined ? {} : { unusable }),
    ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }),
    marks: readMarks(annotations[ENTRIES_ANNOTATION]),
  };
}

/** Reads the annotation as far as it can be read: anybody who may edit the Secret may have written it. */
function readMarks(text = '[]'): SecretFacts['marks'] {
  let marks: unknown;
  try {
    marks = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(marks)) return [];
  return marks.flatMap((mark: unknown) => {
    if (typeof mark !== 'object' || mark === null || !('hosts' in mark) || !('expiresAt' in mark)) return [];
    const { hosts, expiresAt } = mark;
    const expiresAtMs = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
    if (!Array.isArray(hosts) || Number.isNaN(expiresAtMs)) return [];
    return [{ hosts: hosts.filter((host) => typeof host === 'string'), expiresAtMs }];
  });
}
