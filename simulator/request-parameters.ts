import type { RawRequest } from './signature/raw-request.ts';
import { SimError } from './types.ts';

/** Parameters of the protocol, which no action declares. Source: Alibaba Cloud, common parameters of RPC calls. */
const systemParameters: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'Format',
  'Timestamp',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'SignatureType',
  'AccessKeyId',
  'SecurityToken',
  'Signature',
]);

/**
 * Merges query and form parameters without those of the protocol.
 * @throws SimError 400 when a name comes twice, of which the cloud would silently take one.
 */
export function readParameters(request: RawRequest): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const [name, value] of [...request.query, ...request.form]) {
    if (systemParameters.has(name)) continue;
    if (params.has(name)) {
      throw new SimError(400, 'InvalidParameter', `The parameter ${name} is given more than once.`);
    }
    params.set(name, value);
  }
  return params;
}
