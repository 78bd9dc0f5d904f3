import { Agent, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ManifestCache } from './manifest-cache.ts';

/** Headers that end at the front. */
const NOT_FORWARDED = new Set(['authorization', 'host', 'connection']);

/** Where a request goes at the store, and the two names of its repository, to rewrite redirects of uploads. */
export interface ProxyTarget {
  readonly path: string;
  readonly stored: string;
  readonly shown: string;
}

/** Pipes a request to the store and its answer back. */
export interface Proxy {
  forward(incoming: IncomingMessage, outgoing: ServerResponse, target: ProxyTarget): void;
  close(): void;
}

/** @param socketPath of the store. */
export function createProxy(socketPath: string): Proxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const manifests = new ManifestCache({ agent, socketPath });

  const pipe = (incoming: IncomingMessage, outgoing: ServerResponse, { path, stored, shown }: ProxyTarget): void => {
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !NOT_FORWARDED.has(name)));
    const call = request({ agent, socketPath, method: incoming.method, path, headers }, (answer) => {
      const { location, ...others } = answer.headers;
      const rewritten = location?.replace(`/v2/${stored}/`, `/v2/${shown}/`);
      const kept = rewritten === undefined ? others : { ...others, location: rewritten };
      outgoing.writeHead(answer.statusCode ?? 502, kept);
      answer.pipe(outgoing);
    });
    call.on('error', () => fail(outgoing));
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) {
        call.destroy();
      }
    });
    incoming.pipe(call);
  };

  const answerManifest = async (incoming: IncomingMessage, outgoing: ServerResponse, path: string): Promise<void> => {
    const { status, headers, body } = await manifests.get(path, incoming.headers.accept ?? '');
    outgoing.writeHead(status, headers);
    outgoing.end(incoming.method === 'HEAD' ? undefined : body);
  };

  return {
    forward: (incoming, outgoing, target) => {
      const isRead = incoming.method === 'GET' || incoming.method === 'HEAD';
      if (isRead && /\/manifests\/[^/]+$/.test(target.path)) {
        answerManifest(incoming, outgoing, target.path).catch(() => fail(outgoing));
        return;
      }
      if (!isRead) {
        // Forgotten again after the answer: a read that overtakes the push may fetch the old manifest.
        manifests.clear();
        outgoing.on('close', () => manifests.clear());
      }
      pipe(incoming, outgoing, target);
    },
    close: () => agent.destroy(),
  };
}

function fail(outgoing: ServerResponse): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
  } else {
    outgoing.writeHead(502).end();
  }
}
