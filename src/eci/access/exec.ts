import type { EciClient } from '../../alibaba/eci-client.ts';
import type { Clock } from '../../clock.ts';
import { PodAccessError } from '../../node/kubelet/pod-access-error.ts';
import type { ExecRequest, ExecSession } from '../../node/kubelet/pod-access.ts';
import type { Secret } from '../../secret.ts';
import { accessError } from './access-error.ts';
import { fitCommand } from './fit-command.ts';
import { groupOf } from './group-of.ts';
import type { GroupFinder } from './group-finder.ts';
import type { MessageSocket } from './message-socket.ts';
import { socketSession } from './socket-session.ts';
import { whilePatient } from './while-patient.ts';

export interface ExecStarterOptions {
  eci: Pick<EciClient, 'execContainerCommand'>;
  groups: GroupFinder;
  /** Connects to the address that the service gave out, which is a credential. @throws Error without the address. */
  connect: (webSocketUri: Secret) => Promise<MessageSocket>;
  clock: Clock;
}

/** Runs commands in containers of groups. */
export function createExecStarter(options: ExecStarterOptions): (request: ExecRequest) => Promise<ExecSession> {
  const { eci, groups, connect, clock } = options;
  return async ({ uid, container, command, tty, stdin, signal }) => {
    const containerGroupId = await groupOf(groups, uid, container);
    const fitted = fitCommand(command, stdin || tty);
    if (fitted === undefined) {
      const message =
        'ECI takes commands of at most 20 words of 256 characters each; a longer one only works without standard input and terminal (no -i, no -t)';
      throw new PodAccessError('CommandTooLong', message, { httpStatus: 400 });
    }
    try {
      const start = (waitSignal: AbortSignal): Promise<{ webSocketUri: Secret }> =>
        eci.execContainerCommand(
          {
            containerGroupId,
            containerName: container,
            command: fitted.command,
            tty,
            stdin: stdin || fitted.script !== undefined,
          },
          { waitSignal },
        );
      const { webSocketUri } = await whilePatient(clock, start, signal);
      const session = socketSession(await connect(webSocketUri));
      if (fitted.script !== undefined) session.stdin.write(fitted.script);
      return session;
    } catch (error) {
      throw accessError(`run a command in "${container}"`, error);
    }
  };
}
