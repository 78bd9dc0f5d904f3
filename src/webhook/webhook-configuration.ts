import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube/types.ts';

/** Which objects a selector matches. Requirements are ANDed; without any, it matches everything. */
export interface LabelSelector {
  matchExpressions?: readonly {
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

/** By what an object is known as that of one program, and of one installation of it. */
export interface WebhookOwner {
  /** Value of the label `app.kubernetes.io/managed-by`. */
  managedBy: string;
  /** Tells installations apart that share a cluster. Absent: the target does. */
  installation?: string;
}

/** A MutatingWebhookConfiguration. */
export type Configuration = KubeObject & Record<string, unknown>;

const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
const INSTALLATION_ANNOTATION = 'eci-kubelet/installation';

/** Builds a MutatingWebhookConfiguration. Pure. @param options.caBundle PEM. */
export function webhookConfiguration(options: {
  name: string;
  owner: WebhookOwner;
  webhooks: readonly WebhookSpec[];
  target: WebhookTarget;
  caBundle: string;
  annotations?: Readonly<Record<string, string>>;
}): Configuration {
  const { name, owner, webhooks, target } = options;
  const caBundle = encode(options.caBundle);
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name,
      labels: { [MANAGED_BY_LABEL]: owner.managedBy },
      annotations: {
        ...options.annotations,
        ...(owner.installation === undefined ? {} : { [INSTALLATION_ANNOTATION]: owner.installation }),
      },
    },
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

/** Asks whether a stored configuration is that of an owner. */
export function belongsTo(stored: Configuration, owner: WebhookOwner, target: WebhookTarget): boolean {
  if (stored.metadata?.labels?.[MANAGED_BY_LABEL] !== owner.managedBy) return false;
  return owner.installation === undefined
    ? pointsAt(stored['webhooks'], target)
    : stored.metadata.annotations?.[INSTALLATION_ANNOTATION] === owner.installation;
}

/** @returns what a stored configuration trusts, PEM; empty without any. All its webhooks trust the same. */
export function storedBundle(stored: Configuration | undefined): string {
  const webhooks: unknown = stored?.['webhooks'];
  const bundle = memberOf(memberOf(Array.isArray(webhooks) ? webhooks[0] : undefined, 'clientConfig'), 'caBundle');
  return typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString('utf8') : '';
}

/** Replaces what a configuration trusts, and nothing else. Pure. @param caBundle PEM. */
export function withBundle(stored: Configuration, caBundle: string): Configuration {
  const webhooks: unknown = stored['webhooks'];
  if (!Array.isArray(webhooks)) return stored;
  return {
    ...stored,
    webhooks: webhooks.map((webhook: unknown) => ({
      ...asObject(webhook),
      clientConfig: { ...asObject(memberOf(webhook, 'clientConfig')), caBundle: encode(caBundle) },
    })),
  };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Members of a webhook that select what it is asked about. Conditions are never wanted, and come from somebody else. */
const SELECTORS = ['namespaceSelector', 'objectSelector'];

/**
 * Asks whether a stored object says everything that is wanted. Members that only the stored one has are the API server's defaults.
 * Lists must be equal in length and order, and selectors in everything: a requirement more is another selector.
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
    const members = new Map<string, unknown>(Object.entries(stored));
    const conditions = members.get('matchConditions');
    if (Array.isArray(conditions) && conditions.length > 0) return false;
    return Object.entries(wanted).every(([key, value]) =>
      SELECTORS.includes(key) ? isDeepStrictEqual(members.get(key), value) : says(members.get(key), value),
    );
  }
  return stored === wanted;
}

/** Asks whether the webhooks of a stored configuration lead to a target. */
function pointsAt(webhooks: unknown, target: WebhookTarget): boolean {
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
