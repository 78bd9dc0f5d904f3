import { generateKeyPairSync } from 'node:crypto';
import type { Extension, JsonName } from '@peculiar/x509';

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

/** An authority such as a cluster has: signs clients, servers, and what is asked of it by CertificateSigningRequest. */
export interface ClusterAuthority extends PemPair {
  /** Signs a certificate for a client. */
  client(name: string, groups: readonly string[]): Promise<PemPair>;
  /** Signs a certificate for a server at one address. */
  server(name: string, ip: string): Promise<PemPair>;
  /** Signs a certificate for a server under DNS names, which may begin with `*.`. */
  serverNamed(names: readonly string[]): Promise<PemPair>;
}

/** Makes an authority that nobody else trusts. */
export async function createClusterAuthority(name: string): Promise<ClusterAuthority> {
  const x509 = await loadX509();
  const { ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension } = x509;
  const keys = await importedKeys();
  const valid = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 30 * day) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: [name] }],
    ...valid,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
    ],
  });
  let serial = 1;
  const sign = async (subject: JsonName, extensions: Extension[]): Promise<PemPair> => {
    const own = await importedKeys();
    serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(2, '0'),
      subject,
      issuer: authority.subject,
      ...valid,
      signingKey: keys.privateKey,
      publicKey: own.publicKey,
      signingAlgorithm: algorithm,
      extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true), ...extensions],
    });
    return { certificate: certificate.toString('pem'), key: own.pem };
  };
  const signServer = (commonName: string, names: { type: 'ip' | 'dns'; value: string }[]): Promise<PemPair> =>
    sign(
      [{ CN: [commonName] }],
      [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]), new x509.SubjectAlternativeNameExtension(names)],
    );
  return {
    certificate: authority.toString('pem'),
    key: keys.pem,
    client: (commonName, groups) =>
      sign(
        [{ CN: [commonName] }, ...groups.map((group) => ({ O: [group] }))],
        [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
      ),
    server: (commonName, ip) => signServer(commonName, [{ type: 'ip', value: ip }]),
    serverNamed: (names) =>
      signServer(
        'server',
        names.map((value) => ({ type: 'dns' as const, value })),
      ),
  };
}

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
