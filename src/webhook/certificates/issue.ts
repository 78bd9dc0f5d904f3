/** Makes certificates with elliptic curve keys. The library is loaded when one is made: most processes never need it. */
import { isIP } from 'node:net';
import { webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import { Secret } from '../../secret.ts';
import { BACKDATE_MS, type Authority } from './authority.ts';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** A certificate with its key. PEM. */
export interface IssuedCertificate {
  certificate: string;
  key: Secret;
  /** Epoch milliseconds. */
  expiresAtMs: number;
}

/** Makes a certificate authority. @param lifeMs from `nowMs` on, milliseconds. */
export async function createAuthority(name: string, nowMs: number, lifeMs: number): Promise<Authority> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const expiresAtMs = wholeSecond(nowMs + lifeMs);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // A name of its own for each: verifiers look for issuers by name.
    name: [{ CN: [`${name} ${new Date(nowMs).toISOString()}`] }],
    notBefore: new Date(wholeSecond(nowMs) - BACKDATE_MS),
    notAfter: new Date(expiresAtMs),
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: certificate.toString('pem'),
    key: await exportKey(keys.privateKey),
    madeAtMs: wholeSecond(nowMs),
    expiresAtMs,
  };
}

/** Issues a certificate for a server. @param options.hosts DNS names and IP addresses. */
export async function issueCertificate(
  authority: Authority,
  options: { hosts: readonly string[]; nowMs: number; lifeMs: number },
): Promise<IssuedCertificate> {
  const { hosts, nowMs } = options;
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const expiresAtMs = Math.min(wholeSecond(nowMs + options.lifeMs), authority.expiresAtMs);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [hosts[0]?.slice(0, 64) ?? 'webhook'] }],
    issuer: issuer.subject,
    notBefore: new Date(wholeSecond(nowMs) - BACKDATE_MS),
    notAfter: new Date(expiresAtMs),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey), expiresAtMs };
}

/** The library needs its reflection first. */
async function library(): Promise<typeof X509> {
  await import('reflect-metadata');
  // Default import: inside a bundle a CommonJS package has no other.
  const { default: x509 } = (await import('@peculiar/x509')) as unknown as { default: typeof X509 };
  return x509;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<Secret> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = der.match(/.{1,64}/g) ?? [];
  return new Secret(`-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`);
}

async function importKey(key: Secret): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(key.reveal().replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return await webcrypto.subtle.importKey('pkcs8', der, KEY, false, ['sign']);
}

/** Positive, at most 20 bytes. Source: RFC 5280, section 4.1.2.2. */
function serialNumber(): string {
  return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex')}`;
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
