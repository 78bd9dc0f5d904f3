/**
 * Takes away what the credential helper has left in a cluster: the webhook first, so that nothing new is attached, then our entry in
 * ServiceAccounts, then the Secrets. It decides as the helper itself does about a namespace that is not watched any more, and so
 * touches nothing of anybody else.
 */
import type { Clock } from '../../clock.ts';
import { EciKubeletError } from '../../errors.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { KubeClient, KubeObject, ServiceAccount } from '../../kube/types.ts';
import type { HelperConfig } from '../config/model.ts';
import { MANAGED_BY, MANAGED_BY_LABEL, WEBHOOK_CONFIGURATION } from '../names.ts';
import { AccountWriter, isOfEndingNamespace } from './account-writer.ts';
import { isAttached } from './attachment.ts';
import { findHolder } from './lease-watch.ts';
import { isEnding, type Namespace } from './namespace.ts';
import { nextStep } from './next-step.ts';
import { SecretKeeper } from './secret-keeper.ts';

/** What is to be taken away, and how. */
export interface UninstallOptions {
  client: Pick<KubeClient, 'get' | 'list' | 'create' | 'patch' | 'delete'>;
  clock: Clock;
  /** By which replicas choose their leader. */
  lease: { namespace: string; name: string };
  /** Also while a helper runs, which would put everything back. */
  force: boolean;
  /** Changes nothing, and says what would be changed. */
  dryRun: boolean;
}

/** What was taken away, or would be. */
export interface UninstallSummary {
  /** Who leads; nothing was done then. */
  refusedFor?: string;
  webhook: 'removed' | 'absent' | 'foreign';
  /** `namespace/name`. */
  detached: string[];
  /** Namespaces whose Secret was deleted. */
  deleted: string[];
  /** Namespaces with a Secret of our name that is not ours. */
  foreign: string[];
  /** ServiceAccounts that still name the Secret though no Secret of ours says that we attached them. */
  left: string[];
  /** What could not be done, and why. Calling again does the rest. */
  failures: { what: string; error: unknown }[];
}

/** Lists come in pages of so many. */
const PAGE = 500;
/** Namespaces at the same time. */
const WIDTH = 8;
const MAX_STEPS = 8;

/** Nothing is watched any more. */
const nothing: Pick<HelperConfig, 'namespaces' | 'serviceAccounts'> = {
  namespaces: { kind: 'named', names: [] },
  serviceAccounts: { kind: 'named', names: [] },
};

/** @throws KubeApiError when the cluster cannot be looked at. Single failures are in the summary. */
export async function uninstall(options: UninstallOptions): Promise<UninstallSummary> {
  const { client, clock, lease, force } = options;
  const summary: UninstallSummary = {
    webhook: 'absent',
    detached: [],
    deleted: [],
    foreign: [],
    left: [],
    failures: [],
  };
  const leader = force ? undefined : await findHolder({ client, clock, lease });
  if (leader !== undefined) return { ...summary, refusedFor: leader };

  await removeWebhook(options, summary);
  const namespaces = await client.list<Namespace>('/api/v1/namespaces', { limit: PAGE });
  const { items } = await client.list<ServiceAccount>('/api/v1/serviceaccounts', { limit: PAGE });
  const accounts = Map.groupBy(items, ({ metadata }) => metadata?.namespace ?? '');
  const names = namespaces.items
    .filter((namespace) => !isEnding(namespace))
    .map(({ metadata }) => metadata?.name ?? '')
    .toSorted();
  for (let first = 0; first < names.length; first += WIDTH) {
    await Promise.all(
      names.slice(first, first + WIDTH).map((name) => clear(options, name, accounts.get(name) ?? [], summary)),
    );
  }
  return {
    ...summary,
    detached: summary.detached.toSorted(),
    deleted: summary.deleted.toSorted(),
    foreign: summary.foreign.toSorted(),
    left: summary.left.toSorted(),
  };
}

async function clear(
  { client, dryRun }: UninstallOptions,
  namespace: string,
  listed: readonly ServiceAccount[],
  summary: UninstallSummary,
): Promise<void> {
  const secrets = new SecretKeeper(client);
  const writer = new AccountWriter(client);
  const aside = new Set<string>();
  let accounts = listed;
  try {
    for (let steps = 0; ; steps += 1) {
      if (steps >= MAX_STEPS) throw new EciKubeletError('SecretContended', 'somebody else writes it all the time');
      const secret = secrets.known(namespace);
      const step = nextStep({
        ...{ namespace, config: nothing, content: undefined, secret, accounts, aside },
        adoptExisting: false,
      });
      if (step.do === 'read-secret') await secrets.read(namespace);
      else if (step.do === 'detach') {
        for (const account of step.accounts) {
          const after = await detach(writer, account, { dryRun, aside, summary });
          accounts = accounts.map((known) => (known === account ? after : known));
        }
      } else if (step.do === 'delete-secret') {
        if (dryRun || (await secrets.delete(namespace, step.uid))) {
          summary.deleted.push(namespace);
          break;
        }
      } else {
        if (typeof secret !== 'string' && !secret.isOurs) summary.foreign.push(namespace);
        break;
      }
    }
  } catch (error) {
    if (!isOfEndingNamespace(error)) summary.failures.push({ what: `the Secret of ${namespace}`, error });
  }
  for (const account of accounts) {
    const name = account.metadata?.name ?? '';
    if (isAttached(account) && !aside.has(name)) summary.left.push(`${namespace}/${name}`);
  }
}

/** @returns the ServiceAccount as it is afterwards, or would be. */
async function detach(
  writer: AccountWriter,
  account: ServiceAccount,
  { dryRun, aside, summary }: { dryRun: boolean; aside: Set<string>; summary: UninstallSummary },
): Promise<ServiceAccount> {
  const { namespace = '', name = '' } = account.metadata ?? {};
  const gone: ServiceAccount = { ...account, imagePullSecrets: [] };
  try {
    const after = dryRun ? { account: gone } : await writer.detach(account);
    summary.detached.push(`${namespace}/${name}`);
    return after?.account ?? gone;
  } catch (error) {
    aside.add(name);
    if (!isOfEndingNamespace(error)) summary.failures.push({ what: `the ServiceAccount ${namespace}/${name}`, error });
    return account;
  }
}

async function removeWebhook({ client, dryRun }: UninstallOptions, summary: UninstallSummary): Promise<void> {
  const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${WEBHOOK_CONFIGURATION}`;
  try {
    const { metadata } = await client.get<KubeObject>(path);
    const isOurs = metadata?.labels?.[MANAGED_BY_LABEL] === MANAGED_BY && metadata.uid !== undefined;
    summary.webhook = isOurs ? 'removed' : 'foreign';
    if (isOurs && !dryRun) await client.delete(path, { uid: metadata.uid ?? '' });
  } catch (error) {
    if (isNotFound(error)) return;
    summary.webhook = 'absent';
    summary.failures.push({ what: `the MutatingWebhookConfiguration ${WEBHOOK_CONFIGURATION}`, error });
  }
}
