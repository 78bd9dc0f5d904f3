import type { Pod } from '../../src/kube/types.ts';

type PodSpec = NonNullable<Pod['spec']>;

export interface PodManifestOptions {
  name: string;
  /** Virtual node that the Pod is bound to, without the scheduler. */
  nodeName: string;
  /** One container for each. Default: a public image. */
  images?: readonly string[];
  /** Keys without the prefix `k8s.aliyun.com/`. */
  annotations?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  /** Wins over everything that the other options say of the spec. */
  spec?: Partial<PodSpec>;
}

/** A Pod as users write it, for kubectl. It goes at once when it is deleted. */
export function podManifest(options: PodManifestOptions): object {
  const { name, nodeName, images = ['nginx'], annotations = {}, labels = {}, spec } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, annotations: withPrefix(annotations) },
    spec: {
      nodeName,
      terminationGracePeriodSeconds: 1,
      containers: images.map((image, index) => ({ name: `c${index}`, image })),
      ...spec,
    },
  };
}

/** Gives annotation keys the vendor's prefix, unless they have one already. */
export function withPrefix(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.includes('/') ? key : `k8s.aliyun.com/${key}`, value]),
  );
}

/** Several objects in one document, for one call of kubectl. */
export function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
