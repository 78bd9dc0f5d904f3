import type { V1CertificateSigningRequest } from '@kubernetes/client-node';
import type { Json } from '../../../kube/types.ts';

/** What came of a request for a certificate so far. */
export type RequestOutcome =
  | { kind: 'pending' }
  | { kind: 'refused'; why: string }
  /** PEM, the chain after the certificate. */
  | { kind: 'issued'; certificate: string };

/** Reads the status of a request. Pure. Source: Kubernetes, CertificateSigningRequest v1: conditions `Denied` and `Failed` are final. */
export function requestOutcome(request: Json<V1CertificateSigningRequest>): RequestOutcome {
  const { conditions = [], certificate } = request.status ?? {};
  const refused = conditions.find(({ type }) => type === 'Denied' || type === 'Failed');
  if (refused !== undefined) {
    const why = [refused.type, refused.reason, refused.message].filter((text) => text !== undefined && text !== '');
    return { kind: 'refused', why: why.join(': ') };
  }
  if (certificate === undefined || certificate === '') return { kind: 'pending' };
  return { kind: 'issued', certificate: Buffer.from(certificate, 'base64').toString('utf8') };
}
