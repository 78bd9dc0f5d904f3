import type { CommandIo } from '../../../src/cli/command-io.ts';

/** A {@link CommandIo} that remembers what was written. */
export interface RecordingIo extends CommandIo {
  out(): string;
  err(): string;
}

/** Builds the surroundings of a command: arguments, environment and standard input. */
export function recordingIo(
  argv: readonly string[],
  given: { stdin?: string; environment?: Record<string, string> } = {},
): RecordingIo {
  const written = { out: '', err: '' };
  return {
    argv,
    environment: given.environment ?? {},
    stdin: (async function* input() {
      yield given.stdin ?? '';
    })(),
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    untilSignalled: () => new AbortController().signal,
    out: () => written.out,
    err: () => written.err,
  };
}
