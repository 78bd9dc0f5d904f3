import { createHmac } from 'node:crypto';
import { canonicalQuery, percentEncode, type NameValue } from './canonical.ts';

/** A computed signature with the text it was computed from. */
export interface LegacySignature {
  stringToSign: string;
  signature: string;
}

/**
 * Computes the legacy RPC signature (SignatureVersion 1.0, HMAC-SHA1) that a request ought to carry.
 * @param parameters query and form parameters; a `Signature` among them is left out.
 * Source: Alibaba Cloud, RPC mechanism of request and signature.
 */
export function signRpc(method: string, parameters: readonly NameValue[], accessKeySecret: string): LegacySignature {
  const canonical = canonicalQuery(parameters.filter(([name]) => name !== 'Signature'));
  const stringToSign = `${method}&${percentEncode('/')}&${percentEncode(canonical)}`;
  const signature = createHmac('sha1', `${accessKeySecret}&`).update(stringToSign).digest('base64');
  return { stringToSign, signature };
}
