import type { Metrics } from '../../telemetry/types.ts';
import type { NamespacesStatus } from '../status/model.ts';

/** Names of the metrics of namespaces and ServiceAccounts. */
export const namespaceMetrics = {
  watched: 'eci_kubelet_helper_namespaces_watched',
  served: 'eci_kubelet_helper_namespaces_served',
  conflicts: 'eci_kubelet_helper_namespaces_conflicted',
  selected: 'eci_kubelet_helper_service_accounts_selected',
  attached: 'eci_kubelet_helper_service_accounts_attached',
  secretWrites: 'eci_kubelet_helper_secret_writes_total',
  attachFights: 'eci_kubelet_helper_attach_fights_total',
} as const;

/** Shows the counts. */
export function measure(metrics: Metrics, status: NamespacesStatus): void {
  metrics.gauge(namespaceMetrics.watched, status.watched);
  metrics.gauge(namespaceMetrics.served, status.served);
  metrics.gauge(namespaceMetrics.conflicts, status.conflicts.length);
  metrics.gauge(namespaceMetrics.selected, status.serviceAccounts.selected);
  metrics.gauge(namespaceMetrics.attached, status.serviceAccounts.attached);
}
