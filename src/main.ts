#!/usr/bin/env node
/** The entry point. Everything behind the version check is imported after it, because it would not even load on an older Node.js. */
import module from 'node:module';
import process from 'node:process';
import { exitCode } from './cli/exit-code.ts';
import { unsupportedNode } from './cli/node-version.ts';

/** How long connections that are no longer of use may keep the process. */
const LINGER_MS = 500;

const refusal = unsupportedNode(process.versions.node);
if (refusal === undefined) {
  module.enableCompileCache();
  const { processIo } = await import('./cli/process-io.ts');
  const { runProgram } = await import('./cli/program.ts');
  const { reportCrash } = await import('./cli/report-crash.ts');
  const io = processIo();
  // Rejected promises that nobody handles end up here as well.
  process.on('uncaughtException', (error: unknown) => {
    reportCrash(error, io.stderr);
    process.exit(exitCode.problems);
  });
  process.exitCode = await runProgram(io);
  // Calls to the cloud cannot be cancelled: one without an answer would keep the process until its deadline.
  setTimeout(() => process.exit(), LINGER_MS).unref();
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = exitCode.usage;
}
