import { SECRET_NAME } from '../../credential-helper/names.ts';
import type { EventReasonName } from '../../event-reasons.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, KubeObject, KubeSecret, Node, Pod, ServiceAccount } from '../../kube/types.ts';
import { look, mapSeen } from '../helper/look.ts';
import type { Seen } from '../helper/look.ts';
import { secretFacts } from '../helper/secret-facts.ts';
import type { SecretFacts } from '../helper/secret-facts.ts';
import { readWarningEvents } from '../helper/warning-events.ts';
import type { WarningEvent } from '../helper/warning-events.ts';
import type { PullFacts } from './facts.ts';

/** The kubelet goes through all of them; a list of hundreds would only be a mistake. */
const MAX_SECRETS = 30;
const ATTACH_FAILED: EventReasonName = 'AttachFailed';

/** What the cluster says about a namespace and a ServiceAccount in it. */
export type ClusterFacts = Pick<PullFacts, 'namespaceState' | 'serviceAccount' | 'attachFailures' | 'secrets'>;

/**
 * Looks at everything that pulls depend on. What the user may not see is told as hidden.
 * @param pod absent when only a Pod that might be is meant.
 * @throws KubeApiError when the API server does not answer.
 */
export async function gatherFacts(
  client: KubeClient,
  about: { namespace: string; serviceAccountName: string; pod?: Pod },
): Promise<ClusterFacts> {
  const { namespace, serviceAccountName, pod } = about;
  const get = async <T>(resource: string, name: string): Promise<Seen<T>> =>
    lookAt<T>(client, namespace, resource, name);
  const [space, account, accountEvents] = await Promise.all([
    lookAt<KubeObject & { status?: { phase?: string } }>(client, undefined, 'namespaces', namespace),
    get<ServiceAccount>('serviceaccounts', serviceAccountName),
    readWarningEvents(client, { kind: 'ServiceAccount', namespace, name: serviceAccountName }),
  ]);
  const serviceAccount = mapSeen(account, (seen) => ({ pullSecrets: namesIn(seen.imagePullSecrets) }));
  const names = new Set([
    SECRET_NAME,
    ...(pod === undefined ? [] : namesIn(pod.spec?.imagePullSecrets)),
    ...(serviceAccount.kind === 'seen' ? serviceAccount.value.pullSecrets : []),
  ]);
  const secrets = await Promise.all(
    [...names].slice(0, MAX_SECRETS).map(async (name): Promise<[string, Seen<SecretFacts>]> => {
      return [name, mapSeen(await get<KubeSecret>('secrets', name), secretFacts)];
    }),
  );
  return {
    namespaceState: mapSeen(space, ({ status }) => ({ terminating: status?.phase === 'Terminating' })),
    serviceAccount,
    // Where they may not be seen, nothing is lost but an explanation.
    attachFailures:
      accountEvents.kind === 'seen'
        ? accountEvents.value.filter(({ reason }) => reason === ATTACH_FAILED).map(({ message }) => message)
        : [],
    secrets: new Map(secrets),
  };
}

/** Reads the Pod, the node that it is on, and what the kubelet told about it. */
export async function readPod(
  client: KubeClient,
  namespace: string,
  name: string,
): Promise<{ pod: Seen<Pod>; node?: Seen<Node>; events: readonly WarningEvent[] }> {
  const pod = await lookAt<Pod>(client, namespace, 'pods', name);
  if (pod.kind !== 'seen') return { pod, events: [] };
  const nodeName = pod.value.spec?.nodeName;
  const [events, node] = await Promise.all([
    readWarningEvents(client, { kind: 'Pod', namespace, name }),
    nodeName === undefined ? undefined : lookAt<Node>(client, undefined, 'nodes', nodeName),
  ]);
  return { pod, ...(node === undefined ? {} : { node }), events: events.kind === 'seen' ? events.value : [] };
}

/** A name that no object can have is that of an object that does not exist. */
async function lookAt<T>(
  client: KubeClient,
  namespace: string | undefined,
  resource: string,
  name: string,
): Promise<Seen<T>> {
  const read = async (): Promise<T> =>
    client.get<T>(
      resourcePath({ apiVersion: 'v1', resource, name, ...(namespace === undefined ? {} : { namespace }) }),
    );
  return look(read());
}

function namesIn(references: readonly { name?: string }[] = []): string[] {
  return references.flatMap(({ name }) => (name === undefined || name === '' ? [] : [name]));
}
