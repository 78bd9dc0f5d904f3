import { isForbidden, isNotFound } from './errors.ts';
import type { KubeClient, KubeObject } from './types.ts';

/** What is read of the cluster once, at the start. */
export interface ClusterFacts {
  /** UID of the namespace `kube-system`, the customary identity of a cluster. */
  clusterId: string;
  /** `v1.NN.P`. */
  kubernetesVersion: string;
  /** ClusterIP of the Service `kube-system/kube-dns`; absent when there is none. */
  dnsAddress?: string;
}

/** Reads identity, version and DNS address of the cluster. @throws KubeApiError when the cluster cannot be reached. */
export async function readClusterFacts(client: Pick<KubeClient, 'get'>): Promise<ClusterFacts> {
  const [namespace, version, dnsAddress] = await Promise.all([
    client.get<KubeObject>('/api/v1/namespaces/kube-system'),
    client.get<{ gitVersion?: string }>('/version'),
    readDnsAddress(client),
  ]);
  return {
    clusterId: namespace.metadata?.uid ?? '',
    kubernetesVersion: /^v\d+\.\d+\.\d+/.exec(version.gitVersion ?? '')?.[0] ?? 'v1.20.0',
    ...(dnsAddress === undefined ? {} : { dnsAddress }),
  };
}

async function readDnsAddress(client: Pick<KubeClient, 'get'>): Promise<string | undefined> {
  try {
    const service = await client.get<{ spec?: { clusterIP?: string } }>(
      '/api/v1/namespaces/kube-system/services/kube-dns',
    );
    const address = service.spec?.clusterIP;
    return address === undefined || address === 'None' || address === '' ? undefined : address;
  } catch (error) {
    // Clusters without a DNS Service, or without the right to read it, simply use the VPC's name servers.
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  }
}
