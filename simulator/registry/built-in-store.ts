/**
 * The little of a registry that pulls and seeding need, kept in memory: for machines without docker-registry. Blobs are pushed
 * in one piece. Source: OCI distribution specification.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RegistryStore } from './registry-store.ts';

interface Stored {
  readonly content: Buffer;
  readonly mediaType: string;
}

/** Starts the store. @param socketPath path of the Unix socket; a left-over file there is replaced. */
export async function startBuiltInStore(socketPath: string): Promise<RegistryStore> {
  const contents = new Map<string, Stored>();
  await rm(socketPath, { force: true });
  const server = createServer((request, response) => {
    handle(contents, request, response).catch(() => response.destroy());
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function handle(
  contents: Map<string, Stored>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://store');
  const match = /^\/v2\/(.+)\/(manifests|blobs)\/(uploads\/|[^/]+)(?:one-piece)?$/.exec(pathname);
  const [, repository = '', kind = '', name = ''] = match ?? [];
  const method = request.method ?? 'GET';
  const body = await read(request);
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  if (pathname === '/v2/') {
    response.writeHead(200).end('{}');
  } else if (method === 'POST' && name === 'uploads/') {
    response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/one-piece` }).end();
  } else if (method === 'PUT' && kind !== '') {
    const isManifest = kind === 'manifests';
    if (!isManifest && searchParams.get('digest') !== digest) {
      response.writeHead(400).end();
      return;
    }
    const stored = { content: body, mediaType: request.headers['content-type'] ?? 'application/octet-stream' };
    for (const key of isManifest ? [digest, name] : [digest]) {
      contents.set(`${repository}/${kind}/${key}`, stored);
    }
    response.writeHead(201, { 'docker-content-digest': digest }).end();
  } else {
    answer(contents.get(`${repository}/${kind}/${name}`), method, response);
  }
}

function answer(stored: Stored | undefined, method: string, response: ServerResponse): void {
  if (stored === undefined || (method !== 'GET' && method !== 'HEAD')) {
    const code = stored === undefined ? 'NAME_UNKNOWN' : 'UNSUPPORTED';
    response.writeHead(stored === undefined ? 404 : 405, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code, message: 'not known to the registry' }] }));
    return;
  }
  response.writeHead(200, {
    'content-type': stored.mediaType,
    'content-length': stored.content.length,
    'docker-content-digest': `sha256:${createHash('sha256').update(stored.content).digest('hex')}`,
  });
  response.end(method === 'HEAD' ? undefined : stored.content);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
