import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import type { ExecSession } from '../pod-access.ts';
import type { ClientStreams } from './client-streams.ts';
import { feedInput } from './feed-input.ts';

/**
 * Carries a command's streams to its client and back until either ends. The slower end sets the pace. Never throws: a client that
 * leaves ends the command, and there is nobody left to tell.
 */
export async function joinSession(client: ClientStreams, session: ExecSession): Promise<void> {
  const onGone = (): void => session.close();
  client.closed.addEventListener('abort', onGone, { once: true });
  if (client.closed.aborted) onGone();
  client.onResize((size) => session.resize(size));
  if (client.stdin === undefined) session.stdin.end();
  else feedInput(client.stdin, session.stdin);
  await Promise.all([carry(session.stdout, client.stdout), carry(session.stderr, client.stderr)]);
  const result = await session.result;
  client.closed.removeEventListener('abort', onGone);
  await client.finish(result).catch(() => {});
}

async function carry(from: Readable, to: Writable | undefined): Promise<void> {
  // Without a reader the command would wait for one.
  if (to === undefined) from.resume();
  else await pipeline(from, to).catch(() => from.resume());
}
