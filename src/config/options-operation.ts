import { choice, duration, text } from './option-kinds.ts';

/** How often the cloud is asked, what is logged, and how the program ends. */
export const operationOptions = {
  pollIntervalMs: duration({
    name: 'poll-interval',
    group: 'Operation',
    help: 'Time between two questions for changed container groups while any is starting or ending.',
    min: '1s',
    max: '5m',
    default: '5s',
  }),
  idlePollIntervalMs: duration({
    name: 'idle-poll-interval',
    group: 'Operation',
    help: 'The same while none is.',
    min: '1s',
    max: '10m',
    default: '15s',
  }),
  sweepIntervalMs: duration({
    name: 'sweep-interval',
    group: 'Operation',
    help: 'Time between two complete listings, which find orphans and lost container groups.',
    min: '10s',
    max: '1h',
    default: '5m',
  }),
  finishedGroupRetentionMs: duration({
    name: 'finished-group-retention',
    group: 'Operation',
    help: 'How long a finished container group is kept for its logs while its Pod exists.',
    min: '0s',
    max: '30d',
    default: '1h',
  }),
  shutdownBudgetMs: duration({
    name: 'shutdown-budget',
    group: 'Operation',
    help: 'How long calls in flight may take after SIGTERM. Keep it under the Pod’s termination grace period.',
    min: '1s',
    max: '5m',
    default: '20s',
  }),
  logLevel: choice(['error', 'warn', 'info', 'debug'], {
    name: 'log-level',
    group: 'Operation',
    help: 'The least important lines that are still logged.',
    default: 'info',
  }),
  logFormat: choice(['json', 'text'], {
    name: 'log-format',
    group: 'Operation',
    help: 'json for collectors, text for people.',
    default: 'json',
  }),
  adminAddress: text({
    name: 'admin-address',
    group: 'Operation',
    help: 'Address that serves /metrics, /healthz and /readyz without authentication.',
    pattern: '^([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$',
    accepts: 'an address with port such as 127.0.0.1:10255',
    default: '127.0.0.1:10255',
  }),
};
