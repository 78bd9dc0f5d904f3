import type { LogLine } from '../log/container-log.ts';

/** Source: Kubernetes documentation, determine the reason for pod failure. */
const MAX_BYTES = 4096;
const LOG_BYTES = 2048;
const LOG_LINES = 80;

/** Where a container writes why it ends, unless it says otherwise. */
export const DEFAULT_MESSAGE_PATH = '/dev/termination-log';

/** Tells why a container ended: what it wrote into its file or, if asked for and it failed, the end of its log. */
export function terminationMessage(
  file: Buffer,
  { policy, exitCode, lines }: { policy: string | undefined; exitCode: number; lines: readonly LogLine[] },
): string {
  if (file.length > 0) {
    return file.subarray(0, MAX_BYTES).toString('utf8');
  }
  if (policy !== 'FallbackToLogsOnError' || exitCode === 0) {
    return '';
  }
  const text = lines
    .slice(-LOG_LINES)
    .map((line) => `${line.text}\n`)
    .join('');
  const bytes = Buffer.from(text, 'utf8');
  return bytes.subarray(Math.max(0, bytes.length - LOG_BYTES)).toString('utf8');
}
