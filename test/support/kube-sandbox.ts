import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/clock.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import type { ClosableKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import type { ControlPlane } from './control-plane.ts';

/** A namespace and a node name that no other test uses, with an administrator's client. */
export interface KubeSandbox {
  readonly client: ClosableKubeClient;
  readonly namespace: string;
  readonly nodeName: string;
  /** Deletes the namespace, without waiting for it, and closes the client. */
  dispose(): Promise<void>;
}

/** Makes a sandbox in a control plane. */
export async function createKubeSandbox(
  plane: ControlPlane,
  kubeconfigPath = plane.kubeconfigPath,
): Promise<KubeSandbox> {
  const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [kubeconfigPath] });
  const client = createKubeClient({ kubeConfig, clock: systemClock });
  const suffix = randomBytes(4).toString('hex');
  const namespace = `test-${suffix}`;
  await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return {
    client,
    namespace,
    nodeName: `virtual-${suffix}`,
    async dispose() {
      await client.delete(`/api/v1/namespaces/${namespace}`);
      await client.close();
    },
  };
}
