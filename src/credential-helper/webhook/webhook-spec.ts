import type { WebhookSettings, Selection } from '../config/model.ts';
import type { LabelSelector, WebhookSpec } from '../../webhook/webhook-configuration.ts';

/** Path under which the API server asks. */
export const ATTACH_PATH = '/service-account/attach';

/** The label by which a selector can name namespaces. The API server sets it from Kubernetes 1.21 on. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Never asked about where all namespaces are watched, besides our own: a cluster must be able to start without us. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];

const EVERYWHERE: LabelSelector = {};

/** What decides about the webhook. */
export interface WebhookFacts {
  settings: WebhookSettings;
  namespaces: Selection;
  /** Whether every namespace has the label with its name, see {@link haveNameLabels}. */
  named: boolean;
  excluded: readonly string[];
}

/** The webhook, and what there is to say about it. */
export interface WebhookDecision {
  spec: WebhookSpec;
  /** Text of a warning about the configuration. */
  warning?: string;
}

/** Lists the namespaces that the webhook leaves to the controller where all of them are watched. */
export function excludedNamespaces(own: string): string[] {
  return [...new Set([...SYSTEM_NAMESPACES, own])];
}

/** Asks whether a selector may go by names of namespaces: it may when none lacks the label. */
export function haveNameLabels(
  namespaces: readonly { metadata?: { name?: string; labels?: Readonly<Record<string, string>> } }[],
): boolean {
  return namespaces.every(({ metadata }) => metadata?.labels?.[NAMESPACE_NAME_LABEL] === metadata?.name);
}

/**
 * Describes the webhook. Where namespaces lack the label with their name, no selector can tell the watched ones, so the API server
 * asks about all of them and the handler decides. It then never refuses: a refusal would stop ServiceAccounts of namespaces that
 * nobody has put under our care, those of the cluster itself included. Pure.
 */
export function webhookSpec({ settings, namespaces, named, excluded }: WebhookFacts): WebhookDecision {
  const fails = settings.failurePolicy === 'Fail';
  const spec: WebhookSpec = {
    name: 'service-account.acr-credential-helper.alibabacloud.com',
    path: ATTACH_PATH,
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['serviceaccounts'] }],
    namespaceSelector: named ? selectorOf(namespaces, excluded) : EVERYWHERE,
    objectSelector: EVERYWHERE,
    failurePolicy: named ? settings.failurePolicy : 'Ignore',
    timeoutSeconds: settings.timeoutSeconds,
    reinvocationPolicy: 'IfNeeded',
  };
  if (named || !fails) return { spec };
  return { spec, warning: FAIL_NEEDS_LABELS };
}

const FAIL_NEEDS_LABELS = `failure-policy Fail: not every namespace has the label ${NAMESPACE_NAME_LABEL}, which Kubernetes sets from 1.21 on, so a refusal would reach every namespace, kube-system included; Ignore is used`;

function selectorOf(namespaces: Selection, excluded: readonly string[]): LabelSelector {
  return {
    matchExpressions: [
      namespaces.kind === 'all'
        ? { key: NAMESPACE_NAME_LABEL, operator: 'NotIn', values: excluded }
        : { key: NAMESPACE_NAME_LABEL, operator: 'In', values: namespaces.names },
    ],
  };
}
