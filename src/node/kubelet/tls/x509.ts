import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { CertificateAndKey, ServingNames } from './serving-certificate.ts';

/** Small keys and fast handshakes; every client of a kubelet takes it. */
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Clocks of clients may be behind ours. */
const BACKDATED_MS = 5 * 60_000;

/** A key that was made, and the text with which a certificate for it is asked for. */
export interface SigningRequest {
  /** PKCS #10 in PEM. */
  request: string;
  key: string;
}

/** The library is large and most commands never need it. It wants the metadata polyfill to be there first. */
async function loadX509() {
  await import('reflect-metadata');
  // Default import: inside a bundle a CommonJS package has no other.
  const { default: x509 } = await import('@peculiar/x509');
  x509.cryptoProvider.set(globalThis.crypto);
  return x509;
}

/** Makes a certificate that signs itself. @param days of life. */
export async function selfSigned(names: ServingNames, at: { nowMs: number; days: number }): Promise<CertificateAndKey> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [names.nodeName] }],
    notBefore: new Date(at.nowMs - BACKDATED_MS),
    notAfter: new Date(at.nowMs + at.days * 86_400_000),
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(names)),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/**
 * Makes a key and asks for a certificate for it.
 * Source: Kubernetes, "Certificates and Certificate Signing Requests", signer `kubernetes.io/kubelet-serving`: the subject is
 * exactly this, with at least one DNS name or address.
 */
export async function signingRequest(names: ServingNames): Promise<SigningRequest> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ O: ['system:nodes'] }, { CN: [`system:node:${names.nodeName}`] }],
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension(alternativeNames(names))],
  });
  return { request: request.toString('pem'), key: await exportKey(keys.privateKey) };
}

function alternativeNames({ nodeName, ipAddresses }: ServingNames): { type: 'dns' | 'ip'; value: string }[] {
  return [
    { type: 'dns', value: nodeName },
    ...ipAddresses.filter((address) => isIP(address) !== 0).map((value) => ({ type: 'ip' as const, value })),
  ];
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = bytes.match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** Positive, as the standard wants it. */
function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `7f${Buffer.from(bytes).toString('hex')}`;
}
