import { X509Certificate } from 'node:crypto';

/** Room for the replicas that run, the authorities that these have just replaced, and those of replicas that are gone. */
const MAX_AUTHORITIES = 16;
/** One of ours that is further from the end comes to the end again, long before it would be pushed out by newer ones. */
const SAFE_PLACES = 12;

/** What makes a certificate one of ours. */
export interface AuthorityMark {
  /** Begins the common name. */
  name: string;
  /** No authority of ours ends later than this from now on, milliseconds. */
  maxLifeMs: number;
}

/**
 * Puts authorities of ours into a bundle that other replicas write as well: theirs stay, for at most sixteen, the newest of
 * them. What has ended goes, and so does what no replica can have written. The same text when nothing is to change. Pure.
 * @param stored PEM, possibly nothing of use.
 * @param own PEM.
 */
export function joinBundle(stored: string, own: string, mark: AuthorityMark, nowMs: number): string {
  const found = new Map<string, string>();
  for (const pem of certificatesIn(stored)) {
    const certificate = readCertificate(pem);
    if (certificate !== undefined && isUsable(certificate, mark, nowMs)) found.set(certificate.fingerprint256, pem);
  }
  const ours = certificatesIn(own).map((pem) => [new X509Certificate(pem).fingerprint256, pem] as const);
  const safe = new Set([...found.keys()].slice(-SAFE_PLACES));
  for (const [fingerprint, pem] of ours) {
    if (safe.has(fingerprint)) continue;
    found.delete(fingerprint);
    found.set(fingerprint, pem);
  }
  return [...found.values()].slice(-MAX_AUTHORITIES).join('');
}

/** Asks whether a bundle holds a certificate, however it is written. */
export function bundleHolds(bundle: string, certificate: string): boolean {
  const { fingerprint256 } = new X509Certificate(certificate);
  return certificatesIn(bundle).some((pem) => readCertificate(pem)?.fingerprint256 === fingerprint256);
}

function isUsable(certificate: X509Certificate, { name, maxLifeMs }: AuthorityMark, nowMs: number): boolean {
  const endsAtMs = Date.parse(certificate.validTo);
  return certificate.subject.startsWith(`CN=${name} `) && endsAtMs > nowMs && endsAtMs <= nowMs + maxLifeMs;
}

function certificatesIn(bundle: string): string[] {
  const found = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((pem) => `${pem}\n`);
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
