import type { Pod } from '../../src/kube/types.ts';
import { isNotFound } from '../../src/kube/errors.ts';
import { containerGroups } from './cloud-resources.ts';
import { eventually } from './eventually.ts';
import type { Platform } from './platform.ts';
import { aContainer } from './pod-builder.ts';

/** Where the image of {@link crossAccountChain} is. */
export const crossAccountImage = 'images.b.example.com/team/app:v1';

/** Annotations for two roles in two accounts, in front of an instance with a custom domain. */
export const crossAccountChain: Readonly<Record<string, string>> = {
  'k8s.aliyun.com/acr-instance-ids': 'cri-cb5d6f7g8h9j0k1l',
  'k8s.aliyun.com/acr-service-arns': 'acs:ram::1111111111111111:role/role-assume',
  'k8s.aliyun.com/acr-user-arns': 'acs:ram::2222222222222222:role/role-acr',
};

/** Suites wait for dozens of Pods at once, and share the machine with what they test. */
const POLL_MS = 250;

/** Creates a bare Pod on the sandbox's node. Image and annotations of {@link crossAccountChain} unless given. */
export async function createPod(
  platform: Platform,
  name: string,
  options: { image?: string; annotations?: Readonly<Record<string, string>>; spec?: Partial<Pod['spec']> } = {},
): Promise<Pod> {
  const { image = crossAccountImage, annotations = crossAccountChain, spec = {} } = options;
  const { client, namespace, nodeName } = platform.sandbox;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations: { ...annotations } },
    spec: { nodeName, containers: [aContainer({ image })], terminationGracePeriodSeconds: 2, ...spec },
  };
  // A namespace that was just made has no ServiceAccount yet, and Pods without one are refused.
  return await eventually('the Pod is accepted', () => client.create<Pod>(podsPath(namespace), pod));
}

/** @returns undefined when there is no Pod of this name. */
export async function readPod(platform: Platform, name: string): Promise<Pod | undefined> {
  const { client, namespace } = platform.sandbox;
  try {
    return await client.get<Pod>(`${podsPath(namespace)}/${name}`);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Asks for a deletion as `kubectl delete --wait=false` does. @param gracePeriodSeconds 0 removes the object at once. */
export async function deletePod(platform: Platform, name: string, gracePeriodSeconds?: number): Promise<void> {
  const { client, namespace } = platform.sandbox;
  await client.delete(`${podsPath(namespace)}/${name}`, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
}

/** Waits until a Pod runs and carries the id of its one container group. @throws when it is marked Failed. */
export async function untilPodRuns(platform: Platform, pod: Pod, options: { timeoutMs?: number } = {}): Promise<Pod> {
  const name = pod.metadata?.name ?? '';
  const running = await eventually(
    `Pod ${name} runs`,
    async () => {
      const now = await readPod(platform, name);
      if (now?.status?.phase === 'Failed') return now;
      const id = now?.metadata?.annotations?.['k8s.aliyun.com/eci-instance-id'];
      if (now?.status?.phase === 'Running' && id !== undefined) return now;
      throw new Error(JSON.stringify(now?.status ?? 'there is no such Pod'));
    },
    { everyMs: POLL_MS, ...options },
  );
  if (running.status?.phase === 'Failed') throw new Error(`Pod ${name} failed: ${JSON.stringify(running.status)}`);
  return running;
}

/** Waits until neither the Pod nor a container group of it is left. */
export async function untilPodIsGone(platform: Platform, pod: Pod): Promise<void> {
  const { name = '', uid } = pod.metadata ?? {};
  await eventually(
    `Pod ${name} and its container group are gone`,
    async () => {
      const now = await readPod(platform, name);
      const groups = await containerGroups(platform.simulator, uid);
      if (now?.metadata?.uid !== uid && groups.length === 0) return true;
      throw new Error(`Pod: ${JSON.stringify(now?.status)}, container groups: ${JSON.stringify(groups)}`);
    },
    { everyMs: POLL_MS },
  );
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}
