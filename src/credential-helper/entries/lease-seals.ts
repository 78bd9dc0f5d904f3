import { isAlreadyExists, isConflict, isNotFound } from '../../kube/errors.ts';
import { resourcePath } from '../../kube/resource-path.ts';
import type { KubeClient, Lease } from '../../kube/types.ts';
import { SEALS_ANNOTATION } from '../names.ts';
import type { SealStore } from './content-seal.ts';

/** Of the present content and of the one before it, which Secrets may still hold. */
const MAX_SEALS = 2;
/** The replicas write the Lease every few seconds. */
const ATTEMPTS = 5;

/** Keeps seals on the Lease of the leader: it is in the namespace of the program, whose rights on it are enough for that. */
export function createLeaseSeals(options: {
  client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  namespace: string;
  name: string;
}): SealStore {
  const { client, namespace, name } = options;
  const collection = { apiVersion: 'coordination.k8s.io/v1', resource: 'leases', namespace };
  const path = resourcePath({ ...collection, name });

  async function find(): Promise<Lease | undefined> {
    try {
      return await client.get<Lease>(path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async function add(seal: string): Promise<void> {
    const lease = await find();
    const seals = [seal, ...sealsOf(lease).filter((other) => other !== seal)].slice(0, MAX_SEALS);
    const annotations = { ...lease?.metadata?.annotations, [SEALS_ANNOTATION]: seals.join(',') };
    if (lease !== undefined) {
      // Whole, with its resourceVersion: a replica that renews it at the same time is not written over.
      await client.replace(path, { ...lease, metadata: { ...lease.metadata, annotations } });
      return;
    }
    const metadata = { name, namespace, annotations };
    // Without leader election there is none.
    await client.create(resourcePath(collection), {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec: {},
    });
  }

  return {
    read: async () => sealsOf(await find()),
    write: async (seal) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await add(seal);
          return;
        } catch (error) {
          if (attempt >= ATTEMPTS || !(isConflict(error) || isAlreadyExists(error))) throw error;
        }
      }
    },
  };
}

function sealsOf(lease: Lease | undefined): string[] {
  const text = lease?.metadata?.annotations?.[SEALS_ANNOTATION] ?? '';
  return text.split(',').filter((seal) => /^[0-9a-f]{64}$/.test(seal));
}
