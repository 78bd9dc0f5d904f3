/**
 * What is to be done next in one namespace. Pure: whoever carries a step out asks again with what is known then, until there is
 * nothing left. The order of the steps is what keeps a process that dies between any two of them from leaving something that nobody
 * finds again: a ServiceAccount is noted in the Secret before it is attached, and detached before the note goes.
 */
import type { KubeSecret, ServiceAccount } from '../../kube/types.ts';
import { selects, type HelperConfig } from '../config/model.ts';
import type { SecretContent } from '../entries/credential-book.ts';
import { isAttached } from './attachment.ts';
import { conflictOf, contentState, newSecret, secretPatch, type KnownSecret } from './known-secret.ts';
import { isNoted } from './noted-accounts.ts';

/** Everything that the decision depends on. */
export interface NamespaceView {
  namespace: string;
  config: Pick<HelperConfig, 'namespaces' | 'serviceAccounts'>;
  /** Undefined while nothing may be written. */
  content: SecretContent | undefined;
  secret: KnownSecret | 'absent' | 'unknown';
  /** All of the namespace. */
  accounts: readonly ServiceAccount[];
  /** Names of ServiceAccounts that are not touched this time: a write failed, or came too recently. */
  aside: ReadonlySet<string>;
  adoptExisting: boolean;
}

/** What to do next. */
export type NamespaceStep =
  | { do: 'read-secret' }
  | { do: 'detach'; accounts: readonly ServiceAccount[] }
  | { do: 'create-secret'; body: KubeSecret }
  | { do: 'patch-secret'; body: object }
  | { do: 'attach'; accounts: readonly ServiceAccount[] }
  | { do: 'delete-secret'; uid: string }
  /** The Secret is of somebody else, so the namespace is left alone. */
  | { do: 'leave'; why: string; uid: string }
  /** There are no credentials yet. */
  | { do: 'wait' }
  | { do: 'nothing' };

/** Decides about a namespace that exists and is not being deleted. */
export function nextStep(view: NamespaceView): NamespaceStep {
  const { namespace, config, content, secret } = view;
  // Those that are about to go take their entry with them.
  const accounts = view.accounts.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const isWatched = selects(config.namespaces, namespace);
  if (isWatched && content === undefined) return { do: 'wait' };
  if (secret === 'unknown') return { do: 'read-secret' };
  if (isWatched && content !== undefined) return serve({ ...view, accounts, secret, content });
  return clearAway({ ...view, accounts, secret });
}

/** The selected ServiceAccounts of a namespace, whether it is watched or not. */
export function selectedAccounts({ config, accounts }: Pick<NamespaceView, 'config' | 'accounts'>): ServiceAccount[] {
  return accounts.filter(
    ({ metadata }) =>
      metadata?.deletionTimestamp === undefined && selects(config.serviceAccounts, metadata?.name ?? ''),
  );
}

type Known = KnownSecret | 'absent';

function serve(view: NamespaceView & { secret: Known; content: SecretContent }): NamespaceStep {
  const { namespace, secret, content, accounts, aside } = view;
  const selected = selectedAccounts(view);
  const wanted = new Set(selected.map(nameOf));
  if (secret === 'absent') return { do: 'create-secret', body: newSecret(namespace, content, [...wanted]) };
  const why = conflictOf(secret, view.adoptExisting);
  if (why !== undefined) return { do: 'leave', why, uid: secret.uid };

  const deselected = attachedByUs(secret, accounts).filter((account) => !wanted.has(nameOf(account)));
  const detachable = deselected.filter((account) => !aside.has(nameOf(account)));
  if (detachable.length > 0) return { do: 'detach', accounts: detachable };

  // One that could not be detached stays noted: its failure must not keep the others from fresh credentials.
  const noted = [...wanted, ...deselected.map(nameOf)];
  if (!saysAll(secret, content, { noted, accounts }))
    return { do: 'patch-secret', body: secretPatch(secret, content, noted) };

  const attachable = selected.filter((account) => !isAttached(account) && !aside.has(nameOf(account)));
  return attachable.length > 0 ? { do: 'attach', accounts: attachable } : { do: 'nothing' };
}

function clearAway({ secret, accounts, aside }: NamespaceView & { secret: Known }): NamespaceStep {
  if (secret === 'absent' || !secret.isOurs) return { do: 'nothing' };
  const attached = attachedByUs(secret, accounts);
  const detachable = attached.filter((account) => !aside.has(nameOf(account)));
  if (detachable.length > 0) return { do: 'detach', accounts: detachable };
  // The note is all that tells of those that are left.
  return attached.length > 0 ? { do: 'nothing' } : { do: 'delete-secret', uid: secret.uid };
}

/** Only our own Secret can say whom we attached. */
function attachedByUs(secret: KnownSecret, accounts: readonly ServiceAccount[]): ServiceAccount[] {
  if (!secret.isOurs) return [];
  return accounts.filter((account) => isNoted(secret.noted, nameOf(account)) && isAttached(account));
}

/** A name too many in the note is worth a write only where a ServiceAccount of that name exists. */
function saysAll(
  secret: KnownSecret,
  content: SecretContent,
  { noted, accounts }: { noted: readonly string[]; accounts: readonly ServiceAccount[] },
): boolean {
  if (!secret.isOurs || secret.state !== contentState(content)) return false;
  if (secret.noted === 'all') return true;
  const before = secret.noted;
  const after = new Set(noted);
  if (noted.some((name) => !before.has(name))) return false;
  return accounts.every((account) => !before.has(nameOf(account)) || after.has(nameOf(account)));
}

function nameOf(account: ServiceAccount): string {
  return account.metadata?.name ?? '';
}
