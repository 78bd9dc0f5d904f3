/** What people are told about Secrets and ServiceAccounts. */
import { KubeApiError, isConflict } from '../../kube/errors.ts';
import type { EventTarget, ServiceAccount } from '../../kube/types.ts';
import { SECRET_NAME } from '../names.ts';
import type { Report } from '../report.ts';

/** Where reports about a ServiceAccount go. */
export function accountTarget({ metadata }: ServiceAccount): EventTarget {
  const { namespace = '', name = '', uid = '' } = metadata ?? {};
  return { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name, uid };
}

/** Where reports about our Secret go. */
export function secretTarget(namespace: string, uid: string): EventTarget {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name: SECRET_NAME, uid };
}

/** Did the API server say no? An answer that did not come, or a race, is of no use to anybody who reads events. */
export function isRefusal(error: unknown): error is KubeApiError {
  return (
    error instanceof KubeApiError && error.httpStatus !== undefined && error.httpStatus < 500 && !isConflict(error)
  );
}

/** @param why completes the sentence. */
export function secretConflict(namespace: string, why: string): Report {
  return {
    reason: 'SecretConflict',
    message: `The Secret ${namespace}/${SECRET_NAME} is left as it is, and no ServiceAccount of ${namespace} is attached: ${why}.`,
  };
}

export function secretRefusal(namespace: string, error: KubeApiError): Report {
  return {
    reason: 'SecretWriteFailed',
    message: `The Secret ${SECRET_NAME} of ${namespace} cannot be written, so its Pods get no fresh credentials; it is tried again: ${reasonOf(error)}`,
    sameAs: `${error.httpStatus} ${error.reason}`,
  };
}

export function attachRefusal(error: KubeApiError): Report {
  return {
    reason: 'AttachFailed',
    message: `${SECRET_NAME} cannot be added to imagePullSecrets; it is tried again: ${error.message}`,
    sameAs: `attach ${error.httpStatus} ${error.reason}`,
  };
}

export function detachRefusal(error: KubeApiError): Report {
  return {
    reason: 'AttachFailed',
    message: `The ServiceAccount is no longer selected, and ${SECRET_NAME} cannot be taken out of imagePullSecrets; it is tried again: ${error.message}`,
    sameAs: `detach ${error.httpStatus} ${error.reason}`,
  };
}

/** @param editor who else wrote the ServiceAccount last, where that is known. */
export function attachFight(repeats: number, editor: string | undefined): Report {
  const who = editor === undefined ? 'Who does it is not known' : `Last changed by ${editor}`;
  return {
    reason: 'AttachFailed',
    message: `${SECRET_NAME} keeps being taken out of imagePullSecrets: it was put back ${repeats} times, and is at most once in 30 s. ${who}. Have it keep the entry, or list it there itself.`,
    sameAs: 'fight',
  };
}

/** What is said about a forbidden write names quotas and policies. Other refusals may quote what was sent, which is secret. */
function reasonOf(error: KubeApiError): string {
  return error.httpStatus === 403 ? error.message : `the API server answers ${error.httpStatus} ${error.reason}`;
}
