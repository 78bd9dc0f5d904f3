import { SECRET_NAME } from '../../../credential-helper/names.ts';
import type { Cause } from '../cause.ts';
import type { PullFacts } from '../facts.ts';
import type { PullContext } from '../pull-context.ts';

/** What the Pod itself says: which list it got when it was created. */
export const podCauses: readonly Cause[] = [
  {
    id: 'own-pull-secrets',
    when: 'The Pod has `imagePullSecrets` of its own. Kubernetes then ignores those of its ServiceAccount.',
    remedy: `Remove \`imagePullSecrets\` from the workload, or add \`${SECRET_NAME}\` to it; the Pods have to be created again.`,
    find({ facts }) {
      const { pod } = facts;
      if (pod === undefined || pod.pullSecrets.length === 0) return undefined;
      if (pod.pullSecrets.includes(SECRET_NAME) || isCopyOfAccount(facts)) return undefined;
      return {
        message: `The Pod has imagePullSecrets of its own (${pod.pullSecrets.join(', ')}), so those of its ServiceAccount are ignored.`,
        remedy: `Remove imagePullSecrets from the workload, or add ${SECRET_NAME} to it, and create the Pod again.`,
      };
    },
  },
  {
    id: 'pod-before-patch',
    when: 'The Pod was created before its ServiceAccount had the Secret. Kubernetes copies the list once, when the Pod is created.',
    remedy:
      'Delete the Pod so that it is created again. With the webhook, Pods that come together with their ServiceAccount are not affected.',
    find({ facts }) {
      const { pod, namespace } = facts;
      if (pod === undefined || pod.pullSecrets.includes(SECRET_NAME)) return undefined;
      if (pod.pullSecrets.length > 0 && !isCopyOfAccount(facts)) return undefined;
      const attached =
        facts.serviceAccount.kind === 'seen' && facts.serviceAccount.value.pullSecrets.includes(SECRET_NAME);
      return {
        message: `The Pod does not carry ${SECRET_NAME}: it was created before its ServiceAccount ${facts.serviceAccountName} had it, and the list is copied only then.`,
        remedy: `${attached ? 'Delete' : 'When the ServiceAccount has it, delete'} the Pod so that it is created again: kubectl -n ${namespace} delete pod ${pod.name}`,
      };
    },
  },
];

/** What stands against a pull for which there are credentials: the kubelet says so. */
export const kubeletCauses: readonly Cause[] = [
  {
    id: 'host-not-resolved',
    when: 'The kubelet cannot resolve the host (`no such host`). Names with `-registry-vpc` exist only inside VPCs that are linked to the instance.',
    remedy:
      'Link the VPC of the node in the access control of the instance, or use the public name of the registry and allow access to it.',
    despiteCredentials: true,
    find({ facts, registry, reference }) {
      const said = facts.pod?.waiting.find(({ message }) => isUnresolved(message));
      if (said === undefined) return undefined;
      const isInternal = 'network' in registry && registry.network !== 'public';
      return {
        message: `The kubelet cannot resolve ${reference?.host ?? ''} (container ${said.container}: no such host).`,
        remedy: isInternal
          ? 'Link the VPC of the node to the instance (Container Registry console, Access Control, VPC), or use the public name. Credentials do not open a route.'
          : 'Correct the host, or the DNS of the node. Credentials do not open a route.',
      };
    },
  },
  {
    id: 'pull-failed',
    when: 'The Pod carries a credential that lives, and the kubelet still reports a failure. The registry refused it, the image does not exist, or the last try was before the Secret was in order.',
    remedy:
      'For `insufficient_scope` or `denied`, give the role or user `cr:PullRepository` on the repository; for `not found`, correct the name. Tries are up to five minutes apart.',
    despiteCredentials: true,
    find(context) {
      const said = failure(context);
      if (said === undefined || context.usable === undefined || isUnresolved(said.message)) return undefined;
      return {
        message: `The credentials are in order, and yet the kubelet reports for container ${said.container}: ${said.reason}: ${said.message}`,
        remedy:
          'If the registry denies it, give the identity of the entry cr:PullRepository on the repository; if it does not find it, correct the name. The message may be from before the Secret was in order: tries are up to five minutes apart.',
      };
    },
  },
];

/** What the kubelet last said about a pull that did not work. */
export function failure({ facts }: PullContext): { container: string; reason: string; message: string } | undefined {
  return facts.pod?.waiting.find(({ reason }) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff');
}

/** The only trace of a missing route is the resolver's text, which the kubelet passes on. Observed: `no such host`. */
function isUnresolved(message: string): boolean {
  return message.includes('no such host');
}

/** Is the Pod's list what its ServiceAccount had before the helper came? */
function isCopyOfAccount({ pod, serviceAccount }: PullFacts): boolean {
  if (pod === undefined || serviceAccount.kind !== 'seen') return false;
  const others = serviceAccount.value.pullSecrets.filter((name) => name !== SECRET_NAME);
  return others.length === pod.pullSecrets.length && others.every((name, index) => name === pod.pullSecrets[index]);
}
