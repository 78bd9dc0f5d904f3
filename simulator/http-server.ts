import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Answer } from './answer.ts';
import { decodeParameters, type NameValue } from './signature/canonical.ts';
import type { RawRequest } from './signature/raw-request.ts';

/** The SDKs put whole creation requests with their config files into the URL; Node's 16 KiB would answer 431. */
const MAX_HEADER_BYTES = 8 << 20;
const MAX_BODY_BYTES = 32 << 20;

/** Longer than clients keep idle sockets, so that they do not write into closed ones. */
const KEEP_ALIVE_MS = 65_000;

/** Creates a server that reads whole requests and writes whole answers. It does not listen yet. */
export function createHttpServer(answer: (request: RawRequest) => Promise<Answer>): Server {
  return createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void serve(request, response, answer).catch(() => {
      // The peer has gone, or its request is not HTTP as anybody would send it: there is nobody to tell.
      response.destroy();
    });
  });
}

/** Listens on an address. @returns the port. @throws Error when it is taken. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

/** Closes a server and every connection to it. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  answer: (request: RawRequest) => Promise<Answer>,
): Promise<void> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      write(response, { kind: 'text', status: 413, contentType: 'text/plain', text: 'the body is too long' });
      return;
    }
    chunks.push(chunk);
  }
  const request = readRequest(message, Buffer.concat(chunks));
  write(
    response,
    request === undefined
      ? { kind: 'text', status: 400, contentType: 'text/plain', text: 'query or form is not percent-encoded UTF-8' }
      : await answer(request),
  );
}

/** @returns undefined when an escape in the query or form is broken. */
function readRequest(message: IncomingMessage, body: Buffer): RawRequest | undefined {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const query: NameValue[] = [];
  const form: NameValue[] = [];
  try {
    if (mark !== -1) query.push(...decodeParameters(target.slice(mark + 1)));
    if (isForm) form.push(...decodeParameters(body.toString('utf8')));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query,
    form,
    headers,
    body,
  };
}

function write(response: ServerResponse, answer: Answer): void {
  switch (answer.kind) {
    case 'drop':
      response.destroy();
      return;
    case 'text':
      response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.text);
      return;
    case 'json':
      response
        .writeHead(answer.status, { 'content-type': 'application/json;charset=utf-8', ...answer.headers })
        .end(JSON.stringify(answer.body));
  }
}
