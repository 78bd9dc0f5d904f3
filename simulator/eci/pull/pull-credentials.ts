import type { RequestedCredential, RequestedRegistryInfo } from '../parameters/credentials.ts';

/** What a request brought along to pull images with. Passwords stay here and in the request to the registry. */
export interface PullCredentials {
  readonly logins: readonly RequestedCredential[];
  readonly entries: readonly RequestedRegistryInfo[];
}
