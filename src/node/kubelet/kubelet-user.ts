/** Who calls the kubelet API, as a certificate or the API server says. */
export interface KubeletUser {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}
