import type { ExecEnd } from './exec-process.ts';

/** Writes the end of a command as Kubernetes does in `v4.channel.k8s.io`. Source: Kubernetes, remotecommand. */
export function execStatus(end: ExecEnd): Record<string, unknown> {
  if ('failure' in end) {
    return { metadata: {}, status: 'Failure', message: end.failure, reason: 'InternalError', code: 500 };
  }
  if (end.exitCode === 0) {
    return { metadata: {}, status: 'Success' };
  }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${end.exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(end.exitCode) }] },
  };
}
