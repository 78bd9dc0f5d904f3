import type { PeerCertificate } from 'node:tls';
import type { KubeletUser } from '../kubelet-user.ts';

/**
 * Reads the user out of a client certificate that was verified. Pure.
 * @returns undefined for a certificate that names nobody.
 * Source: Kubernetes, "Authenticating", X.509 client certificates: the common name is the user, organizations are groups.
 */
export function certificateUser(certificate: Pick<PeerCertificate, 'subject'>): KubeletUser | undefined {
  // Repeated attributes come as lists, which the types of older Node.js releases do not say.
  const subject: Readonly<Partial<Record<string, string | readonly string[]>>> = certificate.subject ?? {};
  const [name] = all(subject['CN']);
  if (name === undefined || name === '') return undefined;
  return { name, groups: all(subject['O']) };
}

function all(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
