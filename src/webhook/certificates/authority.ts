import { X509Certificate } from 'node:crypto';
import { Secret } from '../../secret.ts';

/** A certificate authority of our own, for nobody but the API server. PEM throughout. */
export interface Authority {
  certificate: string;
  key: Secret;
  /** Epoch milliseconds. */
  madeAtMs: number;
  expiresAtMs: number;
}

/** The authorities that there are, as replicas share them. */
export interface Authorities {
  /** Signs what is served. */
  active?: Authority;
  /** Trusted by the API server already, or about to be; it takes over when that is certain. */
  next?: Authority;
  /** Certificate of the one before: still trusted, because a replica may still serve what it signed. */
  previous?: string;
}

/** Begins the validity earlier than now, for API servers whose clock is behind. */
export const BACKDATE_MS = 3_600_000;

type Data = Readonly<Record<string, string>>;

/** Reads the data of the Secret. What cannot be read is not there, and made anew. */
export function readAuthorities(data: Data): Authorities {
  const active = readAuthority(data, 'active');
  const next = readAuthority(data, 'next');
  const previous = decode(data['previous.crt']);
  return {
    ...(active === undefined ? {} : { active }),
    ...(next === undefined ? {} : { next }),
    ...(previous === undefined || expiryOf(previous) === undefined ? {} : { previous }),
  };
}

/** Writes the data of the Secret. */
export function writeAuthorities({ active, next, previous }: Authorities): Record<string, string> {
  const authority = (name: string, value: Authority | undefined): Record<string, string> =>
    value === undefined
      ? {}
      : { [`${name}.crt`]: encode(value.certificate), [`${name}.key`]: encode(value.key.reveal()) };
  return {
    ...authority('active', active),
    ...authority('next', next),
    ...(previous === undefined ? {} : { 'previous.crt': encode(previous) }),
  };
}

/** What the API server is told to trust: all of them, so that no moment of a rotation is without trust. */
export function caBundle({ active, next, previous }: Authorities): string {
  return [active?.certificate, next?.certificate, previous]
    .flatMap((pem) => (pem === undefined ? [] : [`${pem.trim()}\n`]))
    .join('');
}

/** @returns the end of a certificate, epoch milliseconds; undefined for a text that is none. */
export function expiryOf(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}

function readAuthority(data: Data, name: string): Authority | undefined {
  const certificate = decode(data[`${name}.crt`]);
  const key = decode(data[`${name}.key`]);
  if (certificate === undefined || key === undefined) return undefined;
  const expiresAtMs = expiryOf(certificate);
  if (expiresAtMs === undefined || !key.includes('PRIVATE KEY')) return undefined;
  const madeAtMs = Date.parse(new X509Certificate(certificate).validFrom) + BACKDATE_MS;
  return { certificate, key: new Secret(key), madeAtMs, expiresAtMs };
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined || base64 === '' ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
