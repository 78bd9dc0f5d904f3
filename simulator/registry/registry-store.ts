/** A plain registry without access control that listens on a Unix socket; the front alone talks to it. */
export interface RegistryStore {
  readonly socketPath: string;
  stop(): Promise<void>;
}
