import type { Readable, Writable } from 'node:stream';

/**
 * Copies a client's input to a command. When the client's side breaks off, that is the end of the input. When the command stops
 * reading, the rest is read and thrown away: a stream that was cut off would make kubectl complain about a command that went well.
 */
export function feedInput(source: Readable, target: Writable): void {
  const drop = (): void => {
    source.unpipe(target);
    source.resume();
  };
  target.on('error', drop).on('close', drop);
  source.on('error', () => {}).on('close', () => target.end());
  source.pipe(target);
  if (source.destroyed) target.end();
}
