import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { once } from 'node:events';

/** What a probe or a handler of the life cycle does. */
export type HealthCheck =
  | { readonly exec: readonly string[] }
  | {
      readonly http: {
        readonly host: string;
        readonly port: number;
        readonly path: string;
        readonly isTls: boolean;
        readonly headers: Readonly<Record<string, string>>;
      };
    }
  | { readonly tcp: { readonly host: string; readonly port: number } };

/** Runs a command in the container. @returns its exit code and what it printed. */
export type CheckCommand = (
  command: readonly string[],
  signal: AbortSignal,
) => Promise<{ exitCode: number; output: string }>;

/** @returns undefined when it passed, else why it did not. Never rejects. */
export async function runHealthCheck(
  check: HealthCheck,
  { timeoutMs, runCommand }: { timeoutMs: number; runCommand: CheckCommand },
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    if ('exec' in check) {
      const { exitCode, output } = await runCommand(check.exec, signal);
      signal.throwIfAborted();
      return exitCode === 0 ? undefined : `${output.trim() || 'command failed'} (exit code ${exitCode})`;
    }
    if ('tcp' in check) {
      await connectTcp(check.tcp, signal);
      return undefined;
    }
    const status = await getStatus(check.http, signal);
    // Source: Kubernetes documentation, HTTP probes.
    return status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`;
  } catch (error) {
    return signal.aborted
      ? `timed out after ${timeoutMs / 1000}s`
      : error instanceof Error
        ? error.message
        : String(error);
  }
}

async function connectTcp({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
}

type Http = Extract<HealthCheck, { http: unknown }>['http'];

async function getStatus({ host, port, path, isTls, headers }: Http, signal: AbortSignal): Promise<number> {
  const options = { host, port, path, headers, signal, agent: false };
  // Kubelet does not verify certificates either.
  const request = isTls ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.destroy();
  return response.statusCode ?? 0;
}
