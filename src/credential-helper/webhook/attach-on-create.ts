import type { AdmissionAnswer, AdmissionRequest } from '../../webhook/admission-review.ts';
import type { ConfigState } from '../config/model.ts';
import { selects } from '../config/model.ts';
import { SECRET_NAME } from '../names.ts';

/** What is known at the moment of a request. Nothing else is asked for. */
export interface AttachmentFacts {
  config: ConfigState;
  /** Namespaces that are left to the controller where all are watched: a cluster must be able to start without us. */
  excluded: readonly string[];
  /** Whether a Secret of our name in the namespace is somebody else's. */
  isConflicted: (namespace: string) => boolean;
}

/**
 * Adds the Secret to a ServiceAccount that is being created, if it is a selected one; elements that are there stay, in their order.
 * Everything else is left as it is. A dry run is answered in the same way, because nothing happens here. Applying the patch twice
 * changes nothing. Pure.
 */
export function attachOnCreate(request: AdmissionRequest, facts: AttachmentFacts): AdmissionAnswer {
  const { operation, kind, subResource, namespace = '', object } = request;
  if (operation !== 'CREATE' || kind !== 'ServiceAccount' || subResource !== undefined || object === undefined)
    return {};
  if (facts.config.kind === 'incomplete') return {};
  const { namespaces, serviceAccounts } = facts.config.config;
  if (!selects(namespaces, namespace)) return {};
  if (namespaces.kind === 'all' && facts.excluded.includes(namespace)) return {};
  // Empty with generateName: the API server makes the name up later, so only the controller can tell whether it is listed.
  if (!selects(serviceAccounts, object.metadata?.name ?? '')) return {};
  if (facts.isConflicted(namespace)) return {};
  return attach(object['imagePullSecrets']);
}

function attach(present: unknown): AdmissionAnswer {
  const element = { name: SECRET_NAME };
  if (present === undefined || present === null) {
    return { patch: [{ op: 'add', path: '/imagePullSecrets', value: [element] }] };
  }
  // The API server refuses what is no list, and says so better than we could.
  if (!Array.isArray(present) || present.some(isOurs)) return {};
  return { patch: [{ op: 'add', path: '/imagePullSecrets/-', value: element }] };
}

function isOurs(element: unknown): boolean {
  return typeof element === 'object' && element !== null && 'name' in element && element.name === SECRET_NAME;
}
