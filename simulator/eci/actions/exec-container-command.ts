import { SimError } from '../../types.ts';
import { defineAction } from '../action.ts';
import type { EciAction } from '../action.ts';
import type { ExecRequest } from '../exec/exec-process.ts';
import { runToEnd } from '../exec/run-to-end.ts';
import { invalidParameter } from '../invalid-parameter.ts';
import { missingParameter } from '../missing-parameter.ts';
import { execContainerCommand as members } from '../parameters/container-access.ts';
import { accessibleContainer } from './accessible-container.ts';

/** Source: ECI API reference, ExecContainerCommand. */
const MAX_ITEMS = 20;
const MAX_CHARACTERS = 256;
const INTERACTIVE_SHELL = '/bin/bash';

/** Where the commands that were granted are run. */
export const EXEC_PATH = '/exec';

/**
 * ExecContainerCommand: an address at which the command runs for who connects within 30 seconds, or with `Sync` its output.
 * @throws SimError 400 `InvalidParameter.ValueExceeded` for a command that is too long, `IncorrectStatus` for a container that does
 * not run.
 */
export const execContainerCommand: EciAction = defineAction(members, async (call) => {
  const { service, request, params } = call;
  const { group, container } = accessibleContainer(call);
  const command = checkCommand(params.Command);
  const { TTY: tty = false, Stdin: stdin = true, Sync: sync = false } = params;
  checkModes(command, { tty, sync });
  if (container.current.state !== 'Running' || group.deleting) {
    throw new SimError(400, 'IncorrectStatus', `The container ${container.name} of ${group.id} is not running.`);
  }
  const asked: ExecRequest = { command, tty, stdin: stdin && !sync };
  const grant = { group, container, request: asked };
  if (sync) {
    return { SyncResponse: await runToEnd(service.runCommand(grant), service.host.clock) };
  }
  const token = service.execSessions.grant(grant);
  return { WebSocketUri: `ws://${request.headers['host'] ?? ''}${EXEC_PATH}?token=${token}` };
});

function checkCommand(command: readonly string[]): readonly string[] {
  if (command.length === 0 || command[0] === '') {
    throw missingParameter('Command');
  }
  if (command.length > MAX_ITEMS) {
    throw tooLong(`has ${command.length} items; at most ${MAX_ITEMS} are allowed`);
  }
  const index = command.findIndex((item) => item.length > MAX_CHARACTERS);
  if (index !== -1) {
    throw tooLong(`has more than ${MAX_CHARACTERS} characters in item ${index + 1}`);
  }
  return command;
}

function checkModes(command: readonly string[], { tty, sync }: { tty: boolean; sync: boolean }): void {
  const isShell = command.length === 1 && command[0] === INTERACTIVE_SHELL;
  if (isShell && !tty) {
    throw invalidParameter('TTY', `must be true for ${INTERACTIVE_SHELL}`);
  }
  if (sync && tty) {
    throw invalidParameter('Sync', 'must not be true with TTY');
  }
}

function tooLong(problem: string): SimError {
  return new SimError(400, 'InvalidParameter.ValueExceeded', `The specified parameter Command ${problem}.`);
}
