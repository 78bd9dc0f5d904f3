import { toRfc3339 } from '../../../clock.ts';
import { SECRET_NAME } from '../../../credential-helper/names.ts';
import type { Cause } from '../cause.ts';
import { carriesOurs, isSelected } from '../pull-context.ts';
import type { PullContext } from '../pull-context.ts';
import type { SecretFacts } from '../../helper/secret-facts.ts';

const namespaceCauses = ['config-incomplete', 'namespace-missing', 'namespace-terminating', 'namespace-not-watched'];
const entryCauses = ['entry-refused', 'entry-failing', 'entry-waiting'];

/** What stands in the namespace: the Secret and the ServiceAccount. */
export const secretCauses: readonly Cause[] = [
  {
    id: 'secret-foreign',
    when: `The namespace has a Secret \`${SECRET_NAME}\` that the helper did not make, and it has no credential for the host. The helper leaves it alone, and attaches no ServiceAccount of the namespace.`,
    remedy: 'Rename or delete that Secret, or start the helper with `--adopt-existing`.',
    find: ({ facts, ourSecret }) =>
      ourSecret.kind !== 'seen' || ourSecret.value.ours
        ? undefined
        : {
            message: `The Secret ${facts.namespace}/${SECRET_NAME} was not made by the helper, which leaves it alone and attaches no ServiceAccount of the namespace.`,
            remedy: 'Rename or delete that Secret, or start the helper with --adopt-existing.',
          },
  },
  {
    id: 'secret-missing',
    when: 'The namespace is watched and has no Secret of the helper.',
    remedy: 'See with `eci-kubelet status` whether the helper runs; it writes the Secret within seconds.',
    explainedBy: [...namespaceCauses, 'entry-waiting'],
    find: ({ facts, ourSecret }) =>
      ourSecret.kind !== 'absent'
        ? undefined
        : {
            message: `There is no Secret ${facts.namespace}/${SECRET_NAME}.`,
            remedy:
              'The helper writes it within seconds. See with eci-kubelet status whether it runs, and what keeps it.',
          },
  },
  {
    id: 'secret-unusable',
    when: 'The Secret of the helper holds no docker configuration that the kubelet can read: somebody changed it.',
    remedy: 'Delete the Secret; the helper writes it anew.',
    find: (context) => {
      const unusable = ours(context)?.unusable;
      return unusable === undefined
        ? undefined
        : {
            message: `The Secret ${context.facts.namespace}/${SECRET_NAME} ${unusable}.`,
            remedy: 'Delete it; the helper writes it anew, at the latest within ten minutes.',
          };
    },
  },
  {
    id: 'secret-empty',
    when: 'The Secret of the helper holds no credential at all: no entry has a password that lives.',
    remedy: 'See with `eci-kubelet status` why.',
    explainedBy: [...entryCauses, 'host-not-covered'],
    find: (context) => {
      const secret = ours(context);
      return secret === undefined || secret.unusable !== undefined || secret.servers.length > 0
        ? undefined
        : {
            message: `The Secret ${context.facts.namespace}/${SECRET_NAME} is empty: no entry has a password that lives.`,
            remedy: 'See with eci-kubelet status why.',
          };
    },
  },
  {
    id: 'secret-lacks-host',
    when: 'The Secret of the helper has credentials, and none for this host.',
    remedy: 'See with `eci-kubelet status` which hosts the entries have, and whether the helper runs.',
    explainedBy: [...entryCauses, 'host-not-covered'],
    find(context) {
      const secret = ours(context);
      const host = context.reference?.host ?? '';
      if (secret === undefined || secret.servers.length === 0 || secret.servers.includes(host)) return undefined;
      return {
        message: `The Secret ${context.facts.namespace}/${SECRET_NAME} has credentials for ${secret.servers.toSorted().join(', ')}, and none for ${host}.`,
        remedy: 'See with eci-kubelet status which hosts the entries have, and whether the helper runs.',
      };
    },
  },
  {
    id: 'secret-expired',
    when: 'The password for the host in the Secret has run out, and nobody has renewed it or taken it away: the helper does not run, or may not write.',
    remedy: 'See with `eci-kubelet status` whether the helper runs. Pods need no restart when it does again.',
    find: ({ facts, expired }) =>
      expired?.expiresAtMs === undefined
        ? undefined
        : {
            message: `The password for ${expired.server} in the Secret ${facts.namespace}/${expired.secretName} ran out at ${toRfc3339(expired.expiresAtMs)}.`,
            remedy:
              'The helper does not run, or may not write: see eci-kubelet status and its log. Pods need no restart.',
          },
  },
  {
    id: 'service-account-missing',
    when: 'The ServiceAccount does not exist. The helper never creates one.',
    remedy: 'Create it; it is attached within seconds.',
    explainedBy: ['namespace-missing'],
    find: ({ facts }) =>
      facts.serviceAccount.kind !== 'absent' || carriesOurs(facts)
        ? undefined
        : {
            message: `The ServiceAccount ${facts.namespace}/${facts.serviceAccountName} does not exist.`,
            remedy: 'Create it; the helper attaches it within seconds.',
          },
  },
  {
    id: 'service-account-not-selected',
    when: 'The ServiceAccount is not in `service-account`. The default is the ServiceAccount `default` alone.',
    remedy:
      'Add it to `service-account`, or write `"*"` for all in the watched namespaces. Create Pods again afterwards.',
    find: ({ facts }) => {
      const { configuration } = facts.helper;
      if (configuration.kind !== 'complete' || carriesOurs(facts)) return undefined;
      if (isSelected(configuration.serviceAccounts, facts.serviceAccountName)) return undefined;
      const selected = configuration.serviceAccounts === 'all' ? '*' : configuration.serviceAccounts.join(', ');
      return {
        message: `The ServiceAccount ${facts.serviceAccountName} is not selected: service-account is ${selected}.`,
        remedy: `Add ${facts.serviceAccountName} to service-account in acr-configuration, or let Pods use one that is selected.`,
      };
    },
  },
  {
    id: 'service-account-not-attached',
    when: 'The ServiceAccount is selected and does not have the Secret in its `imagePullSecrets` yet, or somebody keeps removing it.',
    remedy: 'Wait some seconds. If it stays so, look for `AttachFailed` events on the ServiceAccount.',
    explainedBy: [
      ...namespaceCauses,
      'service-account-not-selected',
      'secret-foreign',
      'secret-missing',
      'entry-waiting',
    ],
    find: ({ facts }) =>
      facts.serviceAccount.kind !== 'seen' ||
      facts.serviceAccount.value.pullSecrets.includes(SECRET_NAME) ||
      carriesOurs(facts)
        ? undefined
        : {
            message: `The ServiceAccount ${facts.namespace}/${facts.serviceAccountName} does not have ${SECRET_NAME} in its imagePullSecrets.${toldBy(facts.attachFailures)}`,
            remedy: `The helper adds it within seconds, and at most every 30 s if somebody removes it: kubectl -n ${facts.namespace} get events --field-selector involvedObject.name=${facts.serviceAccountName}`,
          },
  },
];

function toldBy([latest]: readonly string[]): string {
  return latest === undefined ? '' : ` AttachFailed: ${latest}`;
}

/** The Secret, if the helper made it. */
function ours({ ourSecret }: PullContext): SecretFacts | undefined {
  return ourSecret.kind === 'seen' && ourSecret.value.ours ? ourSecret.value : undefined;
}
