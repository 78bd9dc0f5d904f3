import type { Container, Pod, Volume } from '../../src/kube/types.ts';

type PodSpec = NonNullable<Pod['spec']>;

/** A container that states only what the case is about. */
export function aContainer(overrides: Partial<Container> = {}): Container {
  return { name: 'app', image: 'registry.example.com/app:1', ...overrides };
}

/** A Pod as the API server would hold it, stating only what the case is about. */
export function aPod(
  overrides: {
    name?: string;
    namespace?: string;
    uid?: string;
    annotations?: Record<string, string>;
    metadata?: Partial<NonNullable<Pod['metadata']>>;
    spec?: Partial<PodSpec>;
    status?: NonNullable<Pod['status']>;
  } = {},
): Pod {
  const { name = 'web', namespace = 'default', uid = '0a1b2c3d-0000-4000-8000-000000000001' } = overrides;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      ...(overrides.annotations === undefined ? {} : { annotations: overrides.annotations }),
      ...overrides.metadata,
    },
    spec: { containers: [aContainer()], restartPolicy: 'Always', dnsPolicy: 'Default', ...overrides.spec },
    ...(overrides.status === undefined ? {} : { status: overrides.status }),
  };
}

/** The volume that ServiceAccount admission injects into every Pod. */
export function aTokenVolume(name = 'kube-api-access-x7k2p'): Volume {
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
}
