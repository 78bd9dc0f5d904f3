import { delimiter, join } from 'node:path';

/** Where the access to the cluster is written down. */
export type KubeConfigLocation =
  | { kind: 'file'; paths: readonly string[]; context?: string }
  | { kind: 'in-cluster'; host: string; port: string; /** Replaced in tests. */ serviceAccountDir?: string };

export interface KubeConfigChoice {
  /** The path given on the command line or in the configuration. */
  path?: string | undefined;
  context?: string | undefined;
  /** The value of `KUBECONFIG`: one path or several, separated as in `PATH`. */
  kubeconfigVariable?: string | undefined;
  /** The values of `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which every Pod has. */
  serviceHost?: string | undefined;
  servicePort?: string | undefined;
  homeDir?: string | undefined;
}

/**
 * Chooses where to look: an explicit path, `KUBECONFIG`, the ServiceAccount of the Pod, `~/.kube/config`.
 * The Pod comes before the home directory, so that an image with a stray file in it talks to its own cluster.
 */
export function locateKubeConfig(choice: KubeConfigChoice): KubeConfigLocation {
  const context = choice.context === undefined ? {} : { context: choice.context };
  if (choice.path) return { kind: 'file', paths: [choice.path], ...context };
  const paths = choice.kubeconfigVariable?.split(delimiter).filter((path) => path !== '') ?? [];
  if (paths.length > 0) return { kind: 'file', paths, ...context };
  if (choice.serviceHost && choice.servicePort) {
    return { kind: 'in-cluster', host: choice.serviceHost, port: choice.servicePort };
  }
  return { kind: 'file', paths: [join(choice.homeDir ?? '/', '.kube', 'config')], ...context };
}
