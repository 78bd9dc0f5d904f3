/**
 * The messages between the API server and an admission webhook, `admission.k8s.io/v1`.
 * Source: Kubernetes documentation, dynamic admission control.
 */
import type { JsonPatchOperation } from '../kube/patch.ts';
import type { KubeObject } from '../kube/types.ts';

/** What the API server asks. */
export interface AdmissionRequest {
  uid: string;
  operation: string;
  /** Kind of the object, `Pod` for example; empty when the API server did not say. */
  kind: string;
  /** Absent for a request for the object itself. */
  subResource?: string;
  /** Absent for objects that belong to no namespace. */
  namespace?: string;
  /** The object as it would be stored; absent when it is deleted. */
  object?: KubeObject & Record<string, unknown>;
}

/** What a webhook decides. There is no refusal: these webhooks only ever add. */
export interface AdmissionAnswer {
  /** Empty or absent: left as it is. */
  patch?: readonly JsonPatchOperation[];
  /** Shown to whoever made the request, by kubectl for example. */
  warnings?: readonly string[];
}

/** Handles the requests of one webhook. An exception is answered as one, and the failure policy of the webhook decides then. */
export type AdmissionHandler = (request: AdmissionRequest) => Promise<AdmissionAnswer> | AdmissionAnswer;

/** @returns undefined for a text that is no review. */
export function parseReview(text: string): AdmissionRequest | undefined {
  const review = parseJson(text);
  if (!isRecord(review) || review['kind'] !== 'AdmissionReview' || !isRecord(review['request'])) return undefined;
  const { uid, operation, kind, subResource, namespace, object } = review['request'];
  if (typeof uid !== 'string' || uid === '' || typeof operation !== 'string') return undefined;
  return {
    uid,
    operation,
    kind: isRecord(kind) && typeof kind['kind'] === 'string' ? kind['kind'] : '',
    ...(typeof subResource === 'string' && subResource !== '' ? { subResource } : {}),
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    ...(isRecord(object) ? { object } : {}),
  };
}

/** Writes the answer to one request. */
export function writeReview(uid: string, { patch = [], warnings = [] }: AdmissionAnswer): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch.length === 0
        ? {}
        : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch), 'utf8').toString('base64') }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
