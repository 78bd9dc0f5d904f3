import process from 'node:process';
import type { CommandIo } from './command-io.ts';

/** Connects a command to this process. */
export function processIo(): CommandIo {
  process.stdout.on('error', ignoreClosedPipe);
  // A full disk or a reader that is gone costs lines of the log, not the work that they tell of; there is nobody to say it to either.
  process.stderr.on('error', () => {});
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    untilSignalled: stopSignal,
  };
}

/** `eci-kubelet plan | head` ends the reader first; that is no failure of ours. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/**
 * Turns the first SIGTERM or SIGINT into an abort. The handlers are gone after it, so that a second signal ends a process
 * that hangs while stopping.
 */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    controller.abort(new Error(`received ${signal}`));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return controller.signal;
}
