import type { Cause, Finding } from '../cause.ts';
import { nameEntry, responsible, tellError, whatToAdd } from '../coverage.ts';
import type { EntryFacts } from '../facts.ts';
import type { SecretFacts } from '../../helper/secret-facts.ts';
import type { Seen } from '../../helper/look.ts';
import { isSelected } from '../pull-context.ts';
import type { PullContext } from '../pull-context.ts';

/** What the configuration of the helper, and the entry for the host, say. */
export const configurationCauses: readonly Cause[] = [
  {
    id: 'config-incomplete',
    when: 'The ConfigMap `acr-configuration` does not exist, or a key of it cannot be read and never could. The helper writes nothing while that is so.',
    remedy: 'Create or correct the ConfigMap; `eci-kubelet status` shows the findings with line and column.',
    find: ({ facts: { helper } }) =>
      helper.configuration.kind !== 'incomplete'
        ? undefined
        : {
            message: `The configuration of the credential helper is incomplete: ${helper.configuration.why}`,
            remedy: 'Correct it; eci-kubelet status shows every finding. It is read again at once.',
          },
  },
  {
    id: 'host-not-covered',
    when: 'No entry of `acr-registry-info` covers the registry host of the image. The host in the image has to be, letter by letter, a name of an entry.',
    remedy: 'Add an entry or a domain, or write the host that is covered. The nearest one is suggested.',
    explainedBy: ['config-incomplete'],
    find: hostNotCovered,
  },
  {
    id: 'entry-refused',
    when: 'The entry for the host is never tried as it is configured: it contradicts itself, or it asks for what cannot be.',
    remedy: 'Correct the entry; its finding names the field.',
    find: ({ coverage }) => {
      const refused = responsible(coverage).find(({ entry }) => entry.state === 'refused');
      if (refused === undefined) return undefined;
      return {
        message: `${capital(nameEntry(refused.entry))} ${refused.role} and is refused as configured. ${lastError(refused.entry)}`,
        remedy: 'Correct the entry in acr-registry-info as the message says.',
      };
    },
  },
  {
    id: 'entry-failing',
    when: 'The helper cannot get a password for the entry of the host: its last try failed, and no earlier password lives. The hosts of such an entry are taken out of the Secrets.',
    remedy:
      'Follow the advice in the last error; it is tried again by itself, and the hosts come back with the first success.',
    find: entryFailing,
  },
  {
    id: 'entry-waiting',
    when: 'The helper has just started, and has not tried the entry of the host yet.',
    remedy: 'Wait some seconds and look again.',
    find: ({ coverage }) => {
      const waiting = responsible(coverage).find(({ entry }) => entry.state === 'waiting');
      if (waiting === undefined) return undefined;
      return {
        message: `${capital(nameEntry(waiting.entry))} ${waiting.role} and has not been tried yet.`,
        remedy: 'Wait some seconds and look again; eci-kubelet status shows the entry.',
      };
    },
  },
  {
    id: 'namespace-missing',
    when: 'The namespace does not exist.',
    remedy: 'Create it, or correct its name.',
    find: ({ facts }) =>
      facts.namespaceState.kind !== 'absent'
        ? undefined
        : { message: `The namespace ${facts.namespace} does not exist.`, remedy: 'Create it, or correct its name.' },
  },
  {
    id: 'namespace-terminating',
    when: 'The namespace is being deleted. Nothing is written in it any more.',
    remedy: 'Use another namespace, or wait until it is gone and create it anew.',
    find: ({ facts }) =>
      facts.namespaceState.kind !== 'seen' || !facts.namespaceState.value.terminating
        ? undefined
        : {
            message: `The namespace ${facts.namespace} is being deleted; nothing is written in it any more.`,
            remedy: 'Wait until it is gone, and create it anew.',
          },
  },
  {
    id: 'namespace-not-watched',
    when: 'The namespace is not in `watch-namespace`. The default is the namespace `default` alone.',
    remedy: 'Add it to `watch-namespace`. Its Secret and ServiceAccounts follow within seconds.',
    explainedBy: ['namespace-missing'],
    find({ facts }) {
      const { configuration } = facts.helper;
      if (configuration.kind !== 'complete' || isSelected(configuration.namespaces, facts.namespace)) return undefined;
      return {
        message: `The namespace ${facts.namespace} is not watched: watch-namespace is ${listed(configuration.namespaces)}.`,
        remedy: `Add ${facts.namespace} to watch-namespace in acr-configuration.`,
      };
    },
  },
];

function hostNotCovered({ facts, reference, registry, coverage }: PullContext): Finding | undefined {
  // Without the configuration nobody knows the entries.
  if (facts.helper.configuration.kind === 'hidden' || coverage.kind !== 'uncovered') return undefined;
  const host = reference?.host ?? '';
  const { near } = coverage;
  const message = `No entry of acr-registry-info covers ${host}.`;
  if (near === undefined) return { message, remedy: whatToAdd(host, registry) };
  if (near.because === 'spelling') {
    return {
      message: `${message} ${capital(nameEntry(near.entry))} covers ${near.host}; was that meant?`,
      remedy: `Write ${near.host} in the image, or: ${whatToAdd(host, registry)}`,
    };
  }
  return {
    message: `${message} ${capital(nameEntry(near.entry))} covers ${near.host}, which is another name of the same registry.`,
    remedy: `Write ${near.host} in the image, or add ${host} to domains of that entry.`,
  };
}

function entryFailing({ facts, coverage, ourSecret, reference }: PullContext): Finding | undefined {
  const remedy =
    'Follow the advice in the error. It is tried again by itself, and the hosts come back with the first success.';
  const dead = responsible(coverage).find(({ entry }) => isDead(entry, facts.nowMs));
  if (dead !== undefined) {
    return {
      message: `${capital(nameEntry(dead.entry))} ${dead.role} and has no password. ${lastError(dead.entry)}`,
      remedy,
    };
  }
  // Without a helper only events tell, and only of an entry whose hosts are not in the Secret.
  const silent = facts.helper.source === 'api-server' && lacksHost(ourSecret, reference?.host);
  const [told] = silent
    ? responsible(coverage).flatMap(({ entry }) => eventAbout(entry, facts.helper.entryEvents))
    : [];
  return told === undefined ? undefined : { message: `The last event about the entry says: ${told}`, remedy };
}

/** Events name the instance. Those about Personal Edition are told apart by nothing else where a region is not known. */
function eventAbout(
  { instanceId = 'Personal Edition', regionId = '' }: EntryFacts,
  events: readonly string[],
): string[] {
  const event = events.find((message) => message.includes(`${instanceId} in ${regionId}`));
  return event === undefined ? [] : [event];
}

/** Expired, or failing without an earlier password that lives. */
function isDead({ state, expiresAtMs }: EntryFacts, nowMs: number): boolean {
  return state === 'expired' || (state === 'failing' && !(expiresAtMs !== undefined && expiresAtMs > nowMs));
}

function lacksHost(secret: Seen<SecretFacts>, host = ''): boolean {
  return (
    secret.kind === 'absent' || (secret.kind === 'seen' && secret.value.ours && !secret.value.servers.includes(host))
  );
}

function lastError({ lastError: error }: EntryFacts): string {
  return error === undefined ? 'No error was told.' : tellError(error);
}

function listed(selection: readonly string[] | 'all'): string {
  return selection === 'all' ? 'all' : selection.join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
