import { OWN_SERVICE_ACCOUNT } from '../../credential-helper/names.ts';
import type { HelperStatus } from '../../credential-helper/status/model.ts';
import { KubeApiError, localReasons } from '../../kube/errors.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, Lease, Pod } from '../../kube/types.ts';
import { look } from './look.ts';
import { readHelperStatus } from './read-helper-status.ts';

/** The name of the container port under which a helper serves its status. Set by `deploy/credential-helper`. */
const ADMIN_PORT = 'admin';
const PODS_OF_HELPER = `app.kubernetes.io/name=${OWN_SERVICE_ACCOUNT}`;
/** One that answers is enough; more than these are not asked. */
const MAX_ASKED = 3;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** What a helper said, or why none did. */
export type HelperAnswer = { kind: 'answered'; status: HelperStatus; from: string } | { kind: 'silent'; why: string };

/** Where the helper's Lease is, and thereby its Pods. */
export interface LeaseName {
  namespace: string;
  name: string;
}

/**
 * Asks an address for the status.
 * @param from as the user gave it: `http://127.0.0.1:10255`, `127.0.0.1:10255`, with or without the path.
 */
export async function askAddress(from: string, fetchJson: (url: string) => Promise<unknown>): Promise<HelperAnswer> {
  const url = statusUrl(from);
  if (url === undefined)
    return { kind: 'silent', why: `${from} is no address; give one such as http://127.0.0.1:10255` };
  try {
    return judge(await fetchJson(url), url);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return { kind: 'silent', why: `${url}: ${error instanceof Error ? error.message : 'no answer'}${cause}` };
  }
}

/**
 * Asks the Pod that holds the Lease, through the API server. Where none of ours does, any Pod of the helper is asked: a follower
 * knows at least the configuration.
 * @throws KubeApiError when the API server itself does not answer, or does not know the user.
 */
export async function askLeader(client: KubeClient, lease: LeaseName): Promise<HelperAnswer> {
  const leader = await findLeader(client, lease);
  const answers: HelperAnswer[] = [];
  const names = leader.kind === 'pod' ? [leader.name] : [];
  for (const name of [...names, ...(await otherPods(client, lease.namespace, names))].slice(0, MAX_ASKED)) {
    const answer = await askPod(client, lease.namespace, name);
    if (answer.kind === 'answered') return answer;
    answers.push(answer);
  }
  const whys = answers.map((answer) => (answer.kind === 'silent' ? answer.why : ''));
  return { kind: 'silent', why: [...(leader.kind === 'pod' ? [] : [leader.why]), ...whys].join('; ') };
}

async function findLeader(
  client: KubeClient,
  { namespace, name }: LeaseName,
): Promise<{ kind: 'pod'; name: string } | { kind: 'none'; why: string }> {
  const path = resourcePath({ apiVersion: 'coordination.k8s.io/v1', namespace, resource: 'leases', name });
  const lease = await look(client.get<Lease>(path));
  if (lease.kind === 'hidden') return { kind: 'none', why: lease.why };
  if (lease.kind === 'absent') return { kind: 'none', why: `there is no Lease ${namespace}/${name}` };
  // `<name of the Pod>_<random>`; names of Pods have no underscore.
  const [pod = ''] = (lease.value.spec?.holderIdentity ?? '').split('_');
  return pod === '' ? { kind: 'none', why: `nobody holds the Lease ${namespace}/${name}` } : { kind: 'pod', name: pod };
}

async function otherPods(client: KubeClient, namespace: string, except: readonly string[]): Promise<string[]> {
  const path = resourcePath({ apiVersion: 'v1', namespace, resource: 'pods' });
  const pods = await look(client.list<Pod>(path, { labelSelector: PODS_OF_HELPER }));
  if (pods.kind !== 'seen') return [];
  return pods.value.items
    .filter(({ status }) => status?.phase === 'Running')
    .map(({ metadata }) => metadata?.name ?? '')
    .filter((name) => name !== '' && !except.includes(name))
    .sort();
}

async function askPod(client: KubeClient, namespace: string, name: string): Promise<HelperAnswer> {
  const title = `Pod ${namespace}/${name}`;
  const pod = await look(client.get<Pod>(resourcePath({ apiVersion: 'v1', namespace, resource: 'pods', name })));
  if (pod.kind === 'absent') return { kind: 'silent', why: `the leader is said to be ${title}, which does not exist` };
  if (pod.kind === 'hidden') return { kind: 'silent', why: pod.why };
  const port = (pod.value.spec?.containers ?? [])
    .flatMap(({ ports = [] }) => ports)
    .find((candidate) => candidate.name === ADMIN_PORT)?.containerPort;
  if (port === undefined) return { kind: 'silent', why: `${title} has no container port called ${ADMIN_PORT}` };
  try {
    return judge(await client.get<unknown>(`/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy/status`), title);
  } catch (error) {
    if (!(error instanceof KubeApiError) || concernsApiServer(error)) throw error;
    const right = error.httpStatus === FORBIDDEN ? ' (it takes the right to get pods/proxy)' : '';
    return { kind: 'silent', why: `${title} did not answer: ${error.message}${right}` };
  }
}

/** Then there is no point in asking it anything else. A deadline, in contrast, passes when the Pod is silent. */
function concernsApiServer(error: KubeApiError): boolean {
  return error.httpStatus === UNAUTHORIZED || error.reason === localReasons.unreachable;
}

function judge(answer: unknown, from: string): HelperAnswer {
  const status = readHelperStatus(answer);
  if (status !== undefined) return { kind: 'answered', status, from };
  return { kind: 'silent', why: `what answered at ${from} is no credential helper` };
}

function statusUrl(from: string): string | undefined {
  const url = URL.parse(/^https?:\/\//.test(from) ? from : `http://${from}`);
  if (url === null) return undefined;
  if (url.pathname === '/') url.pathname = '/status';
  return url.href;
}
