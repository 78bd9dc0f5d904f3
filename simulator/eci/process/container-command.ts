import type { FixtureImage } from '../../fixtures/fixture.ts';
import type { RequestedContainer } from '../parameters/container.ts';

/**
 * What a container does whose image is not said to do anything: a stand-in for a server that ends when it is asked to. It waits in
 * the shell's own `wait`, since a shell that is the first process of a container would not hear of SIGTERM while `sleep` runs.
 */
const IDLE = ['/bin/sh', '-c', 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done'];

/**
 * Puts the command of a container together as Kubernetes does: `Command` replaces the entrypoint of the image and its command with
 * it, `Arg` replaces the command of the image alone.
 * Source: Kubernetes documentation, define a command and arguments for a container.
 */
export function containerCommand(
  { Command = [], Arg = [] }: Pick<RequestedContainer, 'Command' | 'Arg'>,
  { entrypoint = [], cmd = [] }: Pick<FixtureImage, 'entrypoint' | 'cmd'> = {},
): readonly string[] {
  if (Command.length > 0) {
    return [...Command, ...Arg];
  }
  const whole = [...entrypoint, ...(Arg.length > 0 ? Arg : cmd)];
  return whole.length > 0 ? whole : IDLE;
}
