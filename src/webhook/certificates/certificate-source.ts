import type { IssuedCertificate } from './issue.ts';

/** What is served, and what the API server has to trust for it. */
export interface ServingCertificate {
  /** PEM. */
  caBundle: string;
  served: IssuedCertificate;
}

/** Where a host of webhooks has its certificates from. Every replica has one. */
export interface CertificateSource {
  /** Does what is due and says what holds now. @throws KubeApiError where the cluster is needed for it and fails. */
  ensure(): Promise<ServingCertificate>;
  /**
   * Makes what a configuration is to trust out of what it trusts now and of our own: replicas that share nothing leave each other's
   * authorities in. PEM.
   */
  join(stored: string, own: string): string;
  /** Is told what the configuration trusts, each time it was read or written. PEM. */
  noteStored(bundle: string): void;
  /** Whether API servers can be expected to trust what is served. */
  isKnown(): boolean;
}
