import type { KubeObject } from '../kube/types.ts';

/** Which objects a selector matches. Requirements are ANDed. */
export interface LabelSelector {
  matchExpressions: readonly {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    values?: readonly string[];
  }[];
}

/** One webhook of a configuration: what the API server asks it about, and what happens when it does not answer. */
export interface WebhookSpec {
  /** A domain name with at least three parts. */
  name: string;
  /** Path of the server. */
  path: string;
  rules: readonly {
    apiGroups: readonly string[];
    apiVersions: readonly string[];
    operations: readonly string[];
    resources: readonly string[];
  }[];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  failurePolicy: 'Ignore' | 'Fail';
  /** 1 to 30. */
  timeoutSeconds: number;
  /** Asks again when a later webhook has changed the object. */
  reinvocationPolicy: 'Never' | 'IfNeeded';
}

/** Where the API server finds the server: a Service, or a URL for a program outside of the cluster. */
export type WebhookTarget = { service: { namespace: string; name: string; port: number } } | { url: string };

/** Builds a MutatingWebhookConfiguration. Pure. @param options.caBundle PEM. */
export function webhookConfiguration(options: {
  name: string;
  webhooks: readonly WebhookSpec[];
  target: WebhookTarget;
  caBundle: string;
}): KubeObject & Record<string, unknown> {
  const { name, webhooks, target } = options;
  const caBundle = Buffer.from(options.caBundle, 'utf8').toString('base64');
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'eci-kubelet' } },
    webhooks: webhooks.map(({ path, rules, ...rest }) => ({
      ...rest,
      rules: rules.map((rule) => ({ ...rule, scope: 'Namespaced' })),
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      clientConfig:
        'url' in target
          ? { url: `${target.url.replace(/\/$/, '')}${path}`, caBundle }
          : { service: { ...target.service, path }, caBundle },
    })),
  };
}

/**
 * Asks whether a stored object says everything that is wanted. Members that only the stored one has are the API server's defaults.
 * Lists must be equal in length and order.
 */
export function says(stored: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(stored) &&
      stored.length === wanted.length &&
      wanted.every((item, index) => says(stored[index], item))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof stored !== 'object' || stored === null) return false;
    const members = new Map(Object.entries(stored));
    return Object.entries(wanted).every(([key, value]) => says(members.get(key), value));
  }
  return stored === wanted;
}

/** Asks whether the webhooks of a stored configuration lead to a target. */
export function pointsAt(webhooks: unknown, target: WebhookTarget): boolean {
  if (!Array.isArray(webhooks)) return false;
  return webhooks.every((webhook: unknown) => {
    if ('service' in target) return says(webhook, { clientConfig: { service: target.service } });
    const url: unknown = memberOf(memberOf(webhook, 'clientConfig'), 'url');
    return typeof url === 'string' && url.startsWith(target.url);
  });
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(key)
    : undefined;
}
