/** Metrics of this folder: counters end in `_total`, durations are in seconds. Registered and documented by telemetry. */
export const kubeMetrics = {
  /** Calls to the API server by `verb` and `code` (HTTP status, or the reason when there was no answer). */
  requests: 'kube_requests_total',
  /** Duration of one attempt by `verb`, waiting for our own rate limit included. */
  requestDuration: 'kube_request_duration_seconds',
  /** Complete lists by `resource`: more than one per start means that watches were lost or too old. */
  relists: 'kube_reflector_lists_total',
  /** Objects in a cache, by `resource`. */
  cachedObjects: 'kube_reflector_objects',
  /** Lists and watches that failed, by `resource` and `reason`. */
  reflectorFailures: 'kube_reflector_failures_total',
  /** Keys ready to be worked on, by `queue`. */
  queueDepth: 'work_queue_depth',
  /** How long a key was ready before a worker took it, by `queue`. */
  queueAge: 'work_queue_age_seconds',
  /** How long the handler took, by `queue`. */
  queueWork: 'work_queue_work_seconds',
  /** Keys put back with back-off, by `queue`. */
  queueRetries: 'work_queue_retries_total',
  /** Events not written, by `cause`: `flood`, `overflow` or `failure`. */
  eventsDropped: 'kube_events_dropped_total',
  /** 1 while this process leads, by `lease`. */
  leader: 'leader_election_leader',
} as const;
