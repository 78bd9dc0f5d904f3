import type { ExecResult } from '../pod-access.ts';
import type { ResultForm } from './stream-protocols.ts';

/**
 * Writes how a command ended as clients of a version read it. Pure.
 * Source: Kubernetes, `remotecommand` v4 and kubelet's `WriteStatus`.
 * @returns undefined where nothing is told: success, before v4.
 */
export function commandResult(result: ExecResult, form: ResultForm): string | undefined {
  const failure = failureOf(result);
  if (form === 'text') return failure?.message;
  return JSON.stringify(failure ?? { metadata: {}, status: 'Success' });
}

function failureOf(result: ExecResult): { message: string } | undefined {
  if (result.kind === 'failed') {
    return failure({ message: result.message, reason: 'InternalError', code: 500 });
  }
  const { exitCode } = result;
  if (exitCode === 0) return undefined;
  return failure({
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  });
}

function failure<T extends { message: string }>(members: T): T & { status: string; metadata: object } {
  return { metadata: {}, status: 'Failure', ...members };
}
