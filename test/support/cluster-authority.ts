import { generateKeyPairSync } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;

/** The library wants the metadata polyfill to be there first. */
async function loadX509() {
  await import('reflect-metadata');
  const { default: x509 } = await import('@peculiar/x509');
  x509.cryptoProvider.set(globalThis.crypto);
  return x509;
}

export interface PemPair {
  certificate: string;
  key: string;
}

/** An authority such as a cluster has: signs clients, and what is asked of it by CertificateSigningRequest. */
export interface ClusterAuthority extends PemPair {
  /** Signs a certificate for a client. */
  client(name: string, groups: readonly string[]): Promise<PemPair>;
}

/** Makes an authority that nobody else trusts. */
export async function createClusterAuthority(name: string): Promise<ClusterAuthority> {
  const x509 = await loadX509();
  const keys = await importedKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: [name] }],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  let serial = 1;
  return {
    certificate: authority.toString('pem'),
    key: keys.pem,
    async client(commonName, groups) {
      const own = await importedKeys();
      serial += 1;
      return {
        certificate: (await sign(authority, keys, { commonName, groups, own, serial })).toString('pem'),
        key: own.pem,
      };
    },
  };
}

async function sign(
  authority: X509Certificate,
  keys: CryptoKeyPairLike,
  client: { commonName: string; groups: readonly string[]; own: CryptoKeyPairLike; serial: number },
): Promise<X509Certificate> {
  const x509 = await loadX509();
  return await x509.X509CertificateGenerator.create({
    serialNumber: client.serial.toString(16).padStart(2, '0'),
    subject: [{ CN: [client.commonName] }, ...client.groups.map((group) => ({ O: [group] }))],
    issuer: authority.subject,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    signingKey: keys.privateKey,
    publicKey: client.own.publicKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
  });
}

type CryptoKeyPairLike = Awaited<ReturnType<typeof importedKeys>>;

/** Made by OpenSSL, whose text form every program of Kubernetes reads. */
async function importedKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey: await crypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      algorithm,
      true,
      ['sign'],
    ),
    publicKey: await crypto.subtle.importKey(
      'spki',
      publicKey.export({ type: 'spki', format: 'der' }),
      algorithm,
      true,
      ['verify'],
    ),
  };
}
