/** Names of the metrics of this folder. */
export const credentialMetrics = {
  /** Counter, label `edition`: passwords that were asked of the registry service, as opposed to served from memory. */
  passwords: 'eci_kubelet_registry_passwords_total',
  /** Counter: renewals ahead of expiry that failed while the old value still served. */
  refreshFailures: 'eci_kubelet_credential_refresh_failures_total',
  /** Counter, label `outcome`: hosts by what was decided for them. */
  hosts: 'eci_kubelet_registry_hosts_total',
} as const;
