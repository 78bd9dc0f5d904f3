import { Agent, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Headers that end at the front. */
const NOT_FORWARDED = new Set(['authorization', 'host', 'connection']);

/** Pipes a request to the store and its answer back. */
export interface Proxy {
  /** @param target path at the store, and the two names of the repository, to rewrite redirects of uploads. */
  forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: { path: string; stored: string; shown: string },
  ): void;
  close(): void;
}

/** @param socketPath of the store. */
export function createProxy(socketPath: string): Proxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  return {
    forward: (incoming, outgoing, { path, stored, shown }) => {
      const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !NOT_FORWARDED.has(name)));
      const call = request({ agent, socketPath, method: incoming.method, path, headers }, (answer) => {
        const { location, ...others } = answer.headers;
        const rewritten = location?.replace(`/v2/${stored}/`, `/v2/${shown}/`);
        outgoing.writeHead(
          answer.statusCode ?? 502,
          rewritten === undefined ? others : { ...others, location: rewritten },
        );
        answer.pipe(outgoing);
      });
      call.on('error', () => {
        if (outgoing.headersSent) {
          outgoing.destroy();
        } else {
          outgoing.writeHead(502).end();
        }
      });
      outgoing.on('close', () => {
        if (!outgoing.writableFinished) {
          call.destroy();
        }
      });
      incoming.pipe(call);
    },
    close: () => agent.destroy(),
  };
}
