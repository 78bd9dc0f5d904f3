/** What people are told about Secrets and ServiceAccounts. */
import { KubeApiError } from '../../kube/errors.ts';
import type { EventTarget, ServiceAccount } from '../../kube/types.ts';
import { SECRET_NAME } from '../names.ts';
import type { Report } from '../report.ts';
import { describeEditors, type ListEditors } from './list-editors.ts';

/** Where reports about a ServiceAccount go. */
export function accountTarget({ metadata }: ServiceAccount): EventTarget {
  const { namespace = '', name = '', uid = '' } = metadata ?? {};
  return { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name, uid };
}

/** Where reports about our Secret go. */
export function secretTarget(namespace: string, uid: string): EventTarget {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name: SECRET_NAME, uid };
}

/** Too many calls, an old token, a race: things that pass, and of no use to anybody who reads events. */
const passing: ReadonlySet<number> = new Set([401, 408, 409, 429]);

/** Did the API server say no, and will go on to? */
export function isRefusal(error: unknown): error is KubeApiError {
  if (!(error instanceof KubeApiError) || error.httpStatus === undefined) return false;
  return error.httpStatus < 500 && !passing.has(error.httpStatus);
}

/** @param why completes the sentence. */
export function secretConflict(namespace: string, why: string): Report {
  return {
    reason: 'SecretConflict',
    message: `The Secret ${namespace}/${SECRET_NAME} is left as it is, and no ServiceAccount of ${namespace} is attached: ${why}.`,
  };
}

/** @param error of reading or writing it. */
export function secretRefusal(namespace: string, error: KubeApiError): Report {
  return {
    reason: 'SecretWriteFailed',
    message: `The Secret ${SECRET_NAME} of ${namespace} cannot be kept, so its Pods get no fresh credentials; it is tried again: ${reasonOf(error)}`,
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

export function attachFight(repeats: number, editors: ListEditors): Report {
  return {
    reason: 'AttachFailed',
    message: `${SECRET_NAME} keeps being taken out of imagePullSecrets: it was put back ${repeats} times, and is at most once in 30 s. ${describeEditors(editors)} Have that program leave the entry, or list it there itself.`,
    sameAs: 'fight',
  };
}

/** What is said about a forbidden write names quotas and policies. Other refusals may quote what was sent, which is secret. */
function reasonOf(error: KubeApiError): string {
  return error.httpStatus === 403 ? error.message : `the API server answers ${error.httpStatus} ${error.reason}`;
}
