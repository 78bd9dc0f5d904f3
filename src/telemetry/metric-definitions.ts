/** One metric as Prometheus knows it. */
export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram, in the unit of the name. */
  buckets?: readonly number[];
}

/** Calls to an API: from a local answer to the longest deadline. */
const callSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Work of a controller, which may contain several calls. */
const workSeconds = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120];

/** Every metric of the program, in the order of the reference page. Names, types and labels are a promise to dashboards. */
export const metricDefinitions = {
  eci_kubelet_cloud_calls_total: {
    type: 'counter',
    help: 'Attempts of calls to Alibaba Cloud by result; OK, or the code of the failure.',
    labels: ['service', 'action', 'code'],
  },
  eci_kubelet_cloud_call_duration_seconds: {
    type: 'histogram',
    help: 'Duration of attempts of calls to Alibaba Cloud, without waiting for budget.',
    labels: ['service', 'action'],
    buckets: callSeconds,
  },
  eci_kubelet_cloud_calls_in_flight: {
    type: 'gauge',
    help: 'Calls to Alibaba Cloud under way.',
    labels: [],
  },
  eci_kubelet_cloud_budget_calls: {
    type: 'gauge',
    help: 'Calls of an action that the rate budget would let through at once.',
    labels: ['action'],
  },
  eci_kubelet_cloud_budget_wait_seconds: {
    type: 'histogram',
    help: 'Time that calls waited for the rate budget; calls that did not wait are not counted.',
    labels: ['action'],
    buckets: workSeconds,
  },
  eci_kubelet_registry_passwords_total: {
    type: 'counter',
    help: 'Passwords asked of the registry service, as opposed to served from memory.',
    labels: ['edition'],
  },
  eci_kubelet_registry_hosts_total: {
    type: 'counter',
    help: 'Registry hosts by what was decided for them.',
    labels: ['outcome'],
  },
  eci_kubelet_credential_refresh_failures_total: {
    type: 'counter',
    help: 'Renewals of credentials ahead of expiry that failed while the old value still served.',
    labels: [],
  },
  eci_kubelet_group_credential_renewals_total: {
    type: 'counter',
    help: 'Renewals of registry passwords in running container groups. result: renewed, failed, or busy when the group was in a state that refuses changes.',
    labels: ['result'],
  },
  eci_kubelet_group_credentials: {
    type: 'gauge',
    help: 'Container groups that may pull again with a password that ends, by node and state: live, due, or expired. Alert on expired.',
    labels: ['node', 'state'],
  },
  eci_kubelet_pod_accepted_seconds: {
    type: 'histogram',
    help: 'Time from first sight of a Pod until ECI accepted its container group.',
    labels: [],
    buckets: workSeconds,
  },
  eci_kubelet_pod_running_seconds: {
    type: 'histogram',
    help: 'Time from first sight of a Pod until it was reported Running.',
    labels: [],
    buckets: workSeconds,
  },
  eci_kubelet_token_earliest_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the first ServiceAccount token in the files of a running Pod ends, in seconds of the Unix epoch; +Inf without tokens.',
    labels: ['node'],
  },
  eci_kubelet_pods_with_expiring_tokens: {
    type: 'gauge',
    help: 'Pods of which a ServiceAccount token ends within a day, or has ended.',
    labels: ['node'],
  },
  eci_kubelet_orphan_instances: {
    type: 'gauge',
    help: 'Container groups of ours whose Pod no longer exists, found by the last sweep of a node.',
    labels: ['node'],
  },
  eci_kubelet_orphan_sweep_stopped: {
    type: 'gauge',
    help: 'Whether so many container groups of a node seem to have lost their Pods that none is deleted, 0 or 1.',
    labels: ['node'],
  },
  eci_kubelet_api_requests_total: {
    type: 'counter',
    help: 'Requests to the kubelet API by route and HTTP status; 101 is a stream, 499 a client that left before the answer.',
    labels: ['route', 'code'],
  },
  eci_kubelet_streams: {
    type: 'gauge',
    help: 'Commands, attachments and port-forwards that are open.',
    labels: [],
  },
  eci_kubelet_log_followers: {
    type: 'gauge',
    help: 'Clients that follow a log. What they cost is in eci_kubelet_cloud_calls_total and eci_kubelet_cloud_budget_wait_seconds of DescribeContainerLog.',
    labels: [],
  },
  eci_kubelet_log_tails: {
    type: 'gauge',
    help: 'Containers whose log is polled for followers; followers of one container share one poll.',
    labels: [],
  },
  eci_kubelet_log_gaps_total: {
    type: 'counter',
    help: 'Polls of followed logs that may have missed lines, because more came at once than ECI gives in one answer.',
    labels: [],
  },
  eci_kubelet_admission_requests_total: {
    type: 'counter',
    help: 'Requests to the admission webhooks by path and result: patched, unchanged or failed.',
    labels: ['webhook', 'result'],
  },
  eci_kubelet_admission_seconds: {
    type: 'histogram',
    help: 'Time that the API server, and with it whoever creates a Pod or a ServiceAccount, waited for a webhook.',
    labels: ['webhook'],
    buckets: callSeconds,
  },
  eci_kubelet_helper_configuration_findings: {
    type: 'gauge',
    help: 'What there is to say about acr-configuration, by reason of the event. Alert on ConfigInvalid: a restart would wait for the correction.',
    labels: ['reason'],
  },
  eci_kubelet_helper_entry_expires_in_seconds: {
    type: 'gauge',
    help: 'Life that is left of the password of an entry of acr-registry-info; 0 while there is none, NaN once the entry is gone. Only the leader shows it.',
    labels: ['position', 'instance', 'region'],
  },
  eci_kubelet_helper_entries: {
    type: 'gauge',
    help: 'Entries of acr-registry-info by state: waiting, serving, failing, expired or refused. Only the leader shows it. Alert on failing and expired.',
    labels: ['state'],
  },
  eci_kubelet_helper_fetches_total: {
    type: 'counter',
    help: 'Tries to get the password of an entry, or the host names of its instance, by result: ok, or the class of the failure.',
    labels: ['result'],
  },
  kube_requests_total: {
    type: 'counter',
    help: 'Calls to the Kubernetes API by verb and HTTP status, or the reason when there was no answer.',
    labels: ['verb', 'code'],
  },
  kube_request_duration_seconds: {
    type: 'histogram',
    help: 'Duration of attempts of calls to the Kubernetes API, waiting for our own rate limit included.',
    labels: ['verb'],
    buckets: callSeconds,
  },
  kube_reflector_lists_total: {
    type: 'counter',
    help: 'Complete lists; more than one per start means that watches were lost or too old.',
    labels: ['resource'],
  },
  eci_kubelet_helper_namespaces_watched: { type: 'gauge', help: 'Namespaces that are watched and exist.', labels: [] },
  eci_kubelet_helper_namespaces_served: {
    type: 'gauge',
    help: 'Watched namespaces whose Secret is as it should be.',
    labels: [],
  },
  eci_kubelet_helper_namespaces_conflicted: {
    type: 'gauge',
    help: 'Watched namespaces with a Secret of our name that is not ours.',
    labels: [],
  },
  eci_kubelet_helper_service_accounts_selected: {
    type: 'gauge',
    help: 'ServiceAccounts that are selected and exist.',
    labels: [],
  },
  eci_kubelet_helper_service_accounts_attached: {
    type: 'gauge',
    help: 'Selected ServiceAccounts that give the Secret to their Pods.',
    labels: [],
  },
  eci_kubelet_helper_secret_writes_total: { type: 'counter', help: 'Writes of pull Secrets.', labels: [] },
  eci_kubelet_helper_attach_fights_total: {
    type: 'counter',
    help: 'Entries put back into ServiceAccounts although somebody takes them out repeatedly.',
    labels: [],
  },
  kube_reflector_objects: { type: 'gauge', help: 'Objects in a cache.', labels: ['resource'] },
  kube_reflector_failures_total: {
    type: 'counter',
    help: 'Lists and watches that failed.',
    labels: ['resource', 'reason'],
  },
  kube_events_dropped_total: { type: 'counter', help: 'Kubernetes events that were not written.', labels: ['cause'] },
  work_queue_depth: { type: 'gauge', help: 'Keys ready to be worked on.', labels: ['queue'] },
  work_queue_age_seconds: {
    type: 'histogram',
    help: 'How long a key was ready before a worker took it.',
    labels: ['queue'],
    buckets: workSeconds,
  },
  work_queue_work_seconds: {
    type: 'histogram',
    help: 'How long the handler took.',
    labels: ['queue'],
    buckets: workSeconds,
  },
  leader_election_leader: {
    type: 'gauge',
    help: 'Whether this process leads, 1 or 0. The sum over the replicas is 1, but for moments.',
    labels: ['lease'],
  },
  work_queue_retries_total: { type: 'counter', help: 'Keys put back with back-off.', labels: ['queue'] },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;
