import { X509Certificate } from 'node:crypto';

/** @returns when the first certificate of a PEM text is valid, epoch milliseconds. @throws Error when there is none. */
export function certificateLife(pem: string): { notBeforeMs: number; notAfterMs: number } {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { notBeforeMs: Date.parse(validFrom), notAfterMs: Date.parse(validTo) };
}
