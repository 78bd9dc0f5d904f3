import type { Pod } from '../../kube/types.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../admission-review.ts';
import type { WebhookSet } from '../webhook-host.ts';
import type { LabelSelector, WebhookSpec } from '../webhook-configuration.ts';
import { asksForEci, ECI_LABEL, OLD_ECI_LABEL, placePod, type Placement } from './place-pod.ts';

/** Name of the MutatingWebhookConfiguration. */
export const PLACEMENT_CONFIGURATION = 'eci-kubelet-placement';

/** Paths tell who asked: with a request come no labels of the namespace. */
const POD_PATH = '/placement/pod';
const NAMESPACE_PATH = '/placement/namespace';

/** Short enough for a Pod that waits, long enough for a program that was just started. */
const TIMEOUT_SECONDS = 5;

/**
 * Namespaces that are never asked about: a cluster must be able to start without us. The label with the name is there from
 * Kubernetes 1.21 on; the handler looks at the name as well.
 */
const EXCLUDED = ['kube-system', 'kube-node-lease'];

const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const is = (key: string, operator: 'In' | 'NotIn', ...values: string[]): Requirement => ({ key, operator, values });
const lacks = (key: string): Requirement => ({ key, operator: 'DoesNotExist' });
const where = (...matchExpressions: Requirement[]): LabelSelector => ({ matchExpressions });
const notExcluded = is('kubernetes.io/metadata.name', 'NotIn', ...EXCLUDED);

/**
 * Describes the webhooks. Each selects by labels of the Pod or of its namespace, so that the API server asks about Pods that want
 * ECI and about no others: an ordinary Pod never waits for us. A selector cannot say "or", hence four.
 */
export function placementWebhookSpecs(failurePolicy: 'Ignore' | 'Fail'): WebhookSpec[] {
  const common = { rules, failurePolicy, timeoutSeconds: TIMEOUT_SECONDS, reinvocationPolicy: 'IfNeeded' } as const;
  const undecided = where(is(ECI_LABEL, 'NotIn', 'true', 'false'), is(OLD_ECI_LABEL, 'NotIn', 'true', 'false'));
  return [
    {
      ...common,
      name: 'pod.placement.eci.alibabacloud.com',
      path: POD_PATH,
      namespaceSelector: where(notExcluded),
      objectSelector: where(is(ECI_LABEL, 'In', 'true')),
    },
    {
      ...common,
      name: 'pod-older-label.placement.eci.alibabacloud.com',
      path: POD_PATH,
      namespaceSelector: where(notExcluded),
      objectSelector: where(is(OLD_ECI_LABEL, 'In', 'true'), is(ECI_LABEL, 'NotIn', 'true', 'false')),
    },
    {
      ...common,
      name: 'namespace.placement.eci.alibabacloud.com',
      path: NAMESPACE_PATH,
      namespaceSelector: where(is(ECI_LABEL, 'In', 'true'), notExcluded),
      objectSelector: undecided,
    },
    {
      ...common,
      name: 'namespace-older-label.placement.eci.alibabacloud.com',
      path: NAMESPACE_PATH,
      namespaceSelector: where(is(OLD_ECI_LABEL, 'In', 'true'), lacks(ECI_LABEL), notExcluded),
      objectSelector: undecided,
    },
  ];
}

/** What placement works with. */
export interface PlacementOptions {
  failurePolicy: 'Ignore' | 'Fail';
  /** Asked for each Pod: what leads to the node, and the effects of the profile for this Pod. */
  placementOf: (pod: Pod) => Promise<Placement>;
  logger: Logger;
}

/** Creates the webhooks that lead Pods labelled for ECI to the virtual node. */
export function createPlacementWebhooks({ failurePolicy, placementOf, logger }: PlacementOptions): WebhookSet {
  const handle = async (request: AdmissionRequest, namespaceAsks: boolean): Promise<AdmissionAnswer> => {
    const { operation, namespace = '', object } = request;
    if (operation !== 'CREATE' || object === undefined || EXCLUDED.includes(namespace)) return {};
    // The API server sends what it would store as a Pod; the name may still be missing, as it is made up later.
    const pod: Pod = { ...object, metadata: { ...object.metadata, namespace } };
    if (!asksForEci(pod, namespaceAsks)) return {};
    const decision = placePod(pod, await placementOf(pod));
    if (logger.isDebugEnabled()) {
      const name = pod.metadata?.name ?? pod.metadata?.generateName ?? '';
      logger.debug('placement', { pod: `${namespace}/${name}`, do: decision.do });
    }
    if (decision.do === 'place') return { patch: decision.patch };
    return decision.warning === undefined ? {} : { warnings: [decision.warning] };
  };
  return {
    configuration: PLACEMENT_CONFIGURATION,
    webhooks: placementWebhookSpecs(failurePolicy),
    handlers: new Map([
      [POD_PATH, (request) => handle(request, false)],
      [NAMESPACE_PATH, (request) => handle(request, true)],
    ]),
  };
}
