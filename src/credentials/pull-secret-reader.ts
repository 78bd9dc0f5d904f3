import type { Problem } from '../annotations/types.ts';
import type { KubeSecret, Pod, ServiceAccount } from '../kube/types.ts';
import { decodePullSecret, mergePullSecrets } from './pull-secrets.ts';
import type { Note, PullSecretCredential } from './types.ts';

/** The little of the cluster that is needed to read pull Secrets. Caching is the implementer's matter. */
export interface PullSecretPort {
  /** @returns absent when there is no such Secret. */
  getSecret(namespace: string, name: string): Promise<KubeSecret | undefined>;
  /** Without it the ServiceAccount's own list is left out. @returns absent when there is no such ServiceAccount. */
  getServiceAccount?(namespace: string, name: string): Promise<ServiceAccount | undefined>;
}

/** Reads the registry passwords that users keep in Secrets. */
export interface PullSecretReader {
  /**
   * Reads the Pod's Secrets, then those of its ServiceAccount. What is missing or malformed becomes a Warning and is left
   * out, as the kubelet does.
   * @throws what the port throws: an unreadable Secret is not a missing one.
   */
  forPod(pod: Pod): Promise<{ credentials: PullSecretCredential[]; notes: Note[] }>;
  /**
   * Reads the Secrets of an ImageCache, `namespace:name` each.
   * @returns `problems` that only a new ImageCache can repair; `pending` what may still appear or be repaired in the
   *   cluster, so that nothing is created yet; `notes` about Secrets that overrule each other.
   * @throws what the port throws.
   */
  forImageCache(references: readonly string[]): Promise<{
    credentials: PullSecretCredential[];
    problems: Problem[];
    pending: Note[];
    notes: Note[];
  }>;
}

interface SecretName {
  namespace: string;
  name: string;
}

interface ReadSecret {
  credentials: PullSecretCredential[];
  /** The Secret is of no use as it is. */
  faults: Note[];
  /** It is of use, and something about it is worth a word. */
  notes: Note[];
}

const SECRET_REFERENCE =
  /^(?<namespace>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):(?<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;
const MAX_QUOTED_LENGTH = 128;
/**
 * Secrets that are read for one object. ECI takes ten credentials; a list of thousands would use up the calls that the node's
 * own lease needs.
 */
const MAX_SECRETS = 50;
/** Remarks of one kind about one object; a Secret may hold tens of thousands of servers. */
const MAX_NOTES = 10;

/**
 * Makes a reader of pull Secrets.
 * @param allowedNamespaces from which ImageCaches may use Secrets; absent means all. Whoever may create ImageCaches, which
 *   belong to no namespace, can otherwise use any Secret of the cluster.
 */
export function createPullSecretReader(
  port: PullSecretPort,
  options: { allowedNamespaces?: readonly string[] } = {},
): PullSecretReader {
  async function readOne({ namespace, name }: SecretName): Promise<ReadSecret> {
    const title = `Secret ${namespace}/${name} of imagePullSecrets`;
    const secret = await port.getSecret(namespace, name);
    if (secret === undefined) {
      const fault: Note = { type: 'Warning', reason: 'PullSecretNotFound', message: `${title} does not exist.` };
      return { credentials: [], faults: [fault], notes: [] };
    }
    const { credentials, problems } = decodePullSecret(secret);
    const notes = problems.slice(0, MAX_NOTES).map(({ message }): Note => ({
      type: 'Warning',
      reason: 'PullSecretInvalid',
      message: `${title} ${message}.`,
    }));
    return credentials.length === 0 ? { credentials, faults: notes, notes: [] } : { credentials, faults: [], notes };
  }

  async function read(names: readonly SecretName[]): Promise<ReadSecret> {
    const secrets = await Promise.all(names.map(readOne));
    const { credentials, overruled } = mergePullSecrets(secrets.map((secret) => secret.credentials));
    return {
      credentials,
      faults: secrets.flatMap(({ faults }) => faults),
      notes: [
        ...secrets.flatMap(({ notes }) => notes),
        ...overruled.slice(0, MAX_NOTES).map((credential) => overruledNote(credential, credentials)),
      ],
    };
  }

  return {
    forPod: async (pod) => {
      const namespace = pod.metadata?.namespace ?? 'default';
      const accountName = pod.spec?.serviceAccountName ?? 'default';
      const account = await port.getServiceAccount?.(namespace, accountName);
      const references = [...(pod.spec?.imagePullSecrets ?? []), ...(account?.imagePullSecrets ?? [])];
      const names = new Set(references.flatMap(({ name }) => (name === undefined || name === '' ? [] : [name])));
      const wanted = [...names].slice(0, MAX_SECRETS).map((name) => ({ namespace, name }));
      const { credentials, faults, notes } = await read(wanted);
      return { credentials, notes: [...faults, ...notes, ...tooManyNotes(names.size)] };
    },

    forImageCache: async (references) => {
      const distinct = new Set(references);
      if (distinct.size > MAX_SECRETS) {
        const message = `names ${distinct.size} Secrets; at most ${MAX_SECRETS} are read`;
        const problem = { key: 'spec.imagePullSecrets', value: '', message };
        return { credentials: [], problems: [problem], pending: [], notes: [] };
      }
      const parsed = [...distinct].map((text, index) => parseReference(text, index, options.allowedNamespaces));
      const problems = parsed.flatMap((result) => ('problem' in result ? [result.problem] : []));
      const { credentials, faults, notes } = await read(
        parsed.flatMap((result) => ('secret' in result ? [result.secret] : [])),
      );
      return { credentials, problems, pending: faults, notes };
    },
  };
}

function tooManyNotes(count: number): Note[] {
  if (count <= MAX_SECRETS) return [];
  const message = `Of ${count} Secrets in imagePullSecrets the first ${MAX_SECRETS} are read; name fewer.`;
  return [{ type: 'Warning', reason: 'PullSecretInvalid', message }];
}

function parseReference(
  text: string,
  index: number,
  allowedNamespaces: readonly string[] | undefined,
): { secret: SecretName } | { problem: Problem } {
  const problem = (message: string): { problem: Problem } => ({
    problem: { key: `spec.imagePullSecrets[${index}]`, value: text.slice(0, MAX_QUOTED_LENGTH), message },
  });
  const groups = SECRET_REFERENCE.exec(text)?.groups;
  if (groups === undefined) return problem('is not of the form namespace:name with valid Kubernetes names');
  const secret = { namespace: groups['namespace'] ?? '', name: groups['name'] ?? '' };
  if (allowedNamespaces !== undefined && !allowedNamespaces.includes(secret.namespace)) {
    return problem(
      `names a Secret of a namespace that ImageCaches may not use; allowed: ${allowedNamespaces.join(', ')}`,
    );
  }
  return { secret };
}

function overruledNote(overruled: PullSecretCredential, winners: readonly PullSecretCredential[]): Note {
  const winner = winners.find(({ server }) => server === overruled.server);
  return {
    type: 'Warning',
    reason: 'PullSecretInvalid',
    message: `${overruled.server} is in the Secrets ${winner?.source ?? ''} and ${overruled.source}; the first is used.`,
  };
}
