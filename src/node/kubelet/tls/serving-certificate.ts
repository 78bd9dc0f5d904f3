/** A certificate with its key, both in PEM; the certificate with the chain after it. */
export interface CertificateAndKey {
  certificate: string;
  key: string;
}

/** What the server shows its clients. Changes while the program runs. */
export interface ServingCertificate {
  /** @throws EciKubeletError when there is none to begin with. */
  start(): Promise<CertificateAndKey>;
  onChange(listener: (changed: CertificateAndKey) => void): void;
  /** Renews until `signal` fires. Called after {@link start}. */
  run(signal: AbortSignal): Promise<void>;
}

/** Names that a certificate is for. */
export interface ServingNames {
  nodeName: string;
  /** The addresses that the Node publishes. */
  ipAddresses: readonly string[];
}

/**
 * Chooses when to renew: between 70 and 90 % of the life, so that a fleet started at once does not renew at once. Pure.
 * @param random in [0, 1).
 */
export function renewAtMs(life: { notBeforeMs: number; notAfterMs: number }, random: number): number {
  const { notBeforeMs, notAfterMs } = life;
  return notBeforeMs + (notAfterMs - notBeforeMs) * (0.7 + 0.2 * random);
}
