import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import type { ExecEnd, ExecProcess, ExecRequest } from '../exec/exec-process.ts';
import { exitCodeOf } from './exit-code.ts';
import { createPipes } from './pipes.ts';
import { sendSignal } from './process-table.ts';
import { runTool } from './run-tool.ts';
import { shellWords } from './shell-words.ts';
import type { Tools } from './tools.ts';

/** A container that commands can enter. */
export interface EnterableContainer {
  /** Its first process, by the machine's numbers. */
  readonly firstPid: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Arguments of setpriv(1). */
  readonly privileges: readonly string[];
  readonly processesFile: string | undefined;
  /** Folder of the machine for files that concern the instance. */
  readonly folder: string;
}

/**
 * Takes the standard streams, if any are named, and joins the container's cgroup before anything else, so that what the command uses
 * counts.
 */
const JOIN =
  'if [ -n "$1" ]; then exec < "$1" > "$2" 2> "$3"; echo >&3; exec 3>&-; fi; if [ -n "$4" ]; then echo $$ > "$4"; fi; shift 4; exec "$@"';

/**
 * Takes over the environment, which comes by a descriptor since arguments are visible to everybody, and the working directory. The
 * programs before this one run with rights on the machine and must not see the container's environment.
 */
const BECOME = 'eval "$(/bin/cat <&4)"; exec 4<&-; cd "$1" 2>/dev/null || cd /; shift; exec "$@"';

/** Tells the name of the terminal by a descriptor before the command takes over. */
const TELL_TERMINAL = '/usr/bin/tty >&3; exec 3>&-; exec ';

/** Runs a command in the namespaces of a container. */
export function runInContainer(container: EnterableContainer, request: ExecRequest, tools: Tools): ExecProcess {
  const { environment, workingDirectory, privileges, processesFile } = container;
  const enter = enterArguments(container, tools);
  const command = request.tty
    ? [tools.script, '-q', '-e', '-f', '-c', `${TELL_TERMINAL}${shellWords(request.command)}`, '/dev/null']
    : request.command;
  // With a terminal the command has other streams than the program that serves it.
  const pipes = request.tty ? undefined : createPipes({ parent: container.folder, hasInput: request.stdin }, tools);
  const streams = pipes === undefined ? ['', '', ''] : [pipes.paths.stdin, pipes.paths.stdout, pipes.paths.stderr];
  const child = spawn(
    tools.sh,
    [
      ...['-c', JOIN, 'sh', ...streams, processesFile ?? '', ...enter, tools.setpriv, ...privileges],
      ...['/bin/sh', '-c', BECOME, 'sh', workingDirectory, ...command],
    ],
    // A group of its own, so that it can be ended with what it has started.
    { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'], env: {}, detached: true },
  );
  const [, , , reports, variables] = child.stdio;
  if (variables !== undefined && variables !== null && 'end' in variables) {
    variables.on('error', () => undefined);
    // A shell of its own choice: script(1) would otherwise start what SHELL names.
    const exported = Object.entries(request.tty ? { TERM: 'xterm', ...environment, SHELL: '/bin/sh' } : environment);
    variables.end(exported.map(([name, value]) => `export ${name}=${shellWords([value])}\n`).join(''));
  }
  if (!request.stdin || pipes !== undefined) {
    child.stdin.end();
  }
  const report = reports as Readable;
  const terminal = request.tty ? terminalOf(report) : Promise.resolve('');
  if (pipes !== undefined) {
    report.on('data', pipes.opened).on('error', () => undefined);
  }
  const ended = new Promise<ExecEnd>((resolve) => {
    child.once('error', (error) => resolve({ failure: error.message }));
    child.once('close', (code, signal) => resolve({ exitCode: exitCodeOf(code, signal) }));
  });
  void ended.then(() => pipes?.release());
  // Only the programs before the command can say anything there.
  child.stderr.resume();
  if (pipes !== undefined) {
    child.stdout.resume();
  }
  return {
    stdin: pipes?.stdin ?? child.stdin,
    stdout: pipes?.stdout ?? child.stdout,
    stderr: pipes?.stderr ?? new PassThrough().end(),
    ended,
    resize: ({ columns, rows }) => {
      void terminal
        .then((name) =>
          name === '' ? '' : runTool([...enter, tools.stty, '-F', name, 'cols', String(columns), 'rows', String(rows)]),
        )
        // It has ended.
        .catch(() => undefined);
    },
    kill: () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        sendSignal(-child.pid, 'SIGKILL');
      }
    },
  };
}

function enterArguments({ firstPid }: EnterableContainer, { nsenter }: Tools): string[] {
  return [nsenter, `--target=${firstPid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--root'];
}

/** The program that serves the terminal holds the descriptor too, so its end says nothing. */
async function terminalOf(output: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const name = /^(\/dev\/\S+)\n/.exec(text)?.[1];
      if (name !== undefined) {
        resolve(name);
      }
    });
    output.on('error', () => undefined).on('close', () => resolve(''));
  });
}
