import { SECRET_NAME } from '../../credential-helper/names.ts';
import type { SelectionStatus } from '../../credential-helper/status/model.ts';
import { coversImage } from '../../credentials/pull-secret-match.ts';
import { ImageReferenceError, parseImageReference } from '../../images/image-reference.ts';
import type { ImageReference } from '../../images/image-reference.ts';
import { classifyRegistryHost } from '../../images/registry-host.ts';
import type { RegistryHost } from '../../images/registry-host.ts';
import { coverageOf } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import type { PullFacts } from './facts.ts';
import type { SecretFacts } from '../helper/secret-facts.ts';
import type { Seen } from '../helper/look.ts';

/** A credential that the kubelet would use for the image. */
export interface UsableCredential {
  secretName: string;
  ours: boolean;
  /** Key of the docker configuration that covers the image. */
  server: string;
  /** Epoch milliseconds; absent when nobody wrote it down. */
  expiresAtMs?: number;
  /** The Secret may not be seen: the leader says that it is in order. */
  onItsWord?: true;
}

/** The facts together with what follows from them at once. */
export interface PullContext {
  facts: PullFacts;
  reference: ImageReference | undefined;
  /** Why the reference is none. */
  invalid: string | undefined;
  registry: RegistryHost;
  coverage: Coverage;
  ourSecret: Seen<SecretFacts>;
  usable: UsableCredential | undefined;
  /** A credential for the host that has run out. */
  expired: UsableCredential | undefined;
}

/** Works out what all causes look at. Pure. */
export function pullContext(facts: PullFacts): PullContext {
  const { reference, invalid } = parse(facts.image);
  const registry = classifyRegistryHost(reference?.host ?? '');
  const credentials = reference === undefined ? [] : credentialsFor(facts, reference);
  const coverage = coverageOf(reference?.host ?? '', registry, facts.helper.entries);
  const lives = ({ expiresAtMs }: UsableCredential): boolean => expiresAtMs === undefined || expiresAtMs > facts.nowMs;
  return {
    facts,
    reference,
    invalid,
    registry,
    coverage,
    ourSecret: facts.secrets.get(SECRET_NAME) ?? { kind: 'hidden', why: 'nobody looked' },
    usable: credentials.find(lives) ?? onItsWord(facts, reference?.host ?? '', coverage),
    expired: credentials.find((credential) => !lives(credential)),
  };
}

/** @returns whether the selection has the name. */
export function isSelected(selection: SelectionStatus, name: string): boolean {
  return selection === 'all' || selection.includes(name);
}

/** Names that the kubelet goes through: those of the Pod, or those that a new Pod would get. */
export function pullSecretNames(facts: PullFacts): readonly string[] {
  if (facts.pod !== undefined) return facts.pod.pullSecrets;
  return facts.serviceAccount.kind === 'seen' ? facts.serviceAccount.value.pullSecrets : [];
}

/** @returns whether the list that the kubelet goes through has the helper's Secret. */
export function carriesOurs(facts: PullFacts): boolean {
  return pullSecretNames(facts).includes(SECRET_NAME);
}

function parse(image: string): Pick<PullContext, 'reference' | 'invalid'> {
  try {
    return { reference: parseImageReference(image), invalid: undefined };
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    return { reference: undefined, invalid: error.message };
  }
}

function credentialsFor(facts: PullFacts, reference: ImageReference): UsableCredential[] {
  return pullSecretNames(facts).flatMap((secretName) => {
    const seen = facts.secrets.get(secretName);
    if (seen?.kind !== 'seen') return [];
    const secret = seen.value;
    return secret.servers
      .filter((server) => coversImage(server, reference))
      .map((server) => {
        const expiresAtMs = expiryOf(secret, server);
        return { secretName, ours: secret.ours, server, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
      });
  });
}

/** Many who may read Pods may not read Secrets. What the leader tells is then as good: it wrote the Secret. */
function onItsWord(facts: PullFacts, host: string, coverage: Coverage): UsableCredential | undefined {
  const { configuration, conflicts } = facts.helper;
  if (facts.secrets.get(SECRET_NAME)?.kind !== 'hidden' || !carriesOurs(facts)) return undefined;
  if (conflicts === undefined || conflicts.includes(facts.namespace)) return undefined;
  if (configuration.kind !== 'complete' || !isSelected(configuration.namespaces, facts.namespace)) return undefined;
  if (coverage.kind !== 'covered') return undefined;
  const { state, expiresAtMs } = coverage.entry;
  if ((state !== 'serving' && state !== 'failing') || expiresAtMs === undefined) return undefined;
  if (expiresAtMs <= facts.nowMs) return undefined;
  return { secretName: SECRET_NAME, ours: true, server: host, expiresAtMs, onItsWord: true };
}

/** Expiry is known only of what the helper wrote. */
function expiryOf(secret: SecretFacts, server: string): number | undefined {
  if (!secret.ours) return undefined;
  return secret.marks.find(({ hosts }) => hosts.includes(server))?.expiresAtMs ?? secret.expiresAtMs;
}
