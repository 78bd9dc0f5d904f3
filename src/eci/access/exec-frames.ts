/**
 * The messages of ECI's command socket: the first byte is a channel, as in Kubernetes' own protocol. Channels 0 to 2 are what
 * clients of the service are seen to use; those of status and resize are not documented, and are read leniently.
 */
import type { ExecResult } from '../../node/kubelet/pod-access.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;

/** What a message means. */
export type ExecFrame =
  | { kind: 'output'; stream: 'stdout' | 'stderr'; content: Buffer }
  | { kind: 'result'; result: ExecResult }
  | { kind: 'unknown' };

/** Reads a message. Pure. */
export function readExecFrame(message: Buffer): ExecFrame {
  const content = message.subarray(1);
  switch (message[0] ?? NaN) {
    case channels.stdout:
      return { kind: 'output', stream: 'stdout', content };
    case channels.stderr:
      return { kind: 'output', stream: 'stderr', content };
    case channels.status:
    case channels.resize: {
      const result = readStatus(content.toString('utf8'));
      return result === undefined ? { kind: 'unknown' } : { kind: 'result', result };
    }
    default:
      return { kind: 'unknown' };
  }
}

/** Writes standard input. Pure. */
export function stdinFrame(content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(channels.stdin), content]);
}

/** The end of standard input. */
export const stdinEnd: Buffer = Buffer.of(channels.close, channels.stdin);

/** Writes a size of the terminal. Pure. */
export function resizeFrame({ columns, rows }: { columns: number; rows: number }): Buffer {
  return Buffer.concat([Buffer.of(channels.resize), Buffer.from(JSON.stringify({ Width: columns, Height: rows }))]);
}

/** Reads a Kubernetes `Status`. @returns undefined for anything else. */
function readStatus(text: string): ExecResult | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const status = record(parsed);
  if (status['status'] === 'Success') return { kind: 'exited', exitCode: 0 };
  if (status['status'] !== 'Failure') return undefined;
  const causes = record(status['details'])['causes'];
  const cause = Array.isArray(causes) ? causes.map(record).find(({ reason }) => reason === 'ExitCode') : undefined;
  const code = cause?.['message'];
  if (typeof code === 'string' && /^\d{1,3}$/.test(code)) return { kind: 'exited', exitCode: Number(code) };
  const { message } = status;
  return { kind: 'failed', message: typeof message === 'string' ? message : 'ECI did not say why the command failed' };
}

/** The other side decides what is in a status: nothing of its shape is taken for granted. */
function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
