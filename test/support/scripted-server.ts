import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoadedKubeConfig } from '../../src/kube/kube-config.ts';

/** A request as it arrived. */
export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** An HTTP server that answers each request with the next step of a script; the last step repeats. */
export interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Replaces the script. */
  script(...answers: Answer[]): void;
  close(): Promise<void>;
}

/** Starts a scripted server on loopback. */
export async function startScriptedServer(...answers: Answer[]): Promise<ScriptedServer> {
  let steps = answers;
  const requests: SeenRequest[] = [];
  const server = createServer((message, response) => {
    let body = '';
    message.setEncoding('utf8');
    message.on('data', (chunk: string) => (body += chunk));
    message.on('end', () => {
      const url = new URL(message.url ?? '/', 'http://localhost');
      const { method = '', headers } = message;
      const request = { method, path: url.pathname, query: url.searchParams, headers, body };
      requests.push(request);
      const [step] = steps;
      if (steps.length > 1) steps = steps.slice(1);
      if (step === undefined) response.writeHead(500).end();
      else step(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script: (...next) => (steps = next),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with JSON. */
export function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers as the API does when it refuses. */
export function status(code: number, reason: string, headers: Record<string, string> = {}): Answer {
  return json(
    code,
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: `${reason} here` },
    headers,
  );
}

/** Sends parts of a stream and keeps it open, unless the last part is `end` or `reset`. */
export function stream(...parts: (string | Buffer | object)[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const part of parts) {
      if (part === end) response.end();
      else if (part === reset) response.socket?.destroySoon();
      else response.write(typeof part === 'string' || Buffer.isBuffer(part) ? part : `${JSON.stringify(part)}\n`);
    }
  };
}

/** Ends a {@link stream} in order. */
export const end = { end: true };

/** Breaks the connection of a {@link stream}. */
export const reset = { reset: true };

/** A kubeconfig for a plain HTTP server; `tokens` are handed out one after the other at each reload. */
export async function kubeConfigFor(url: string, ...tokens: string[]): Promise<LoadedKubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeConfig = new KubeConfig();
  const [token = 'token-1', ...later] = tokens;
  kubeConfig.loadFromOptions({
    clusters: [{ name: 'test', server: url, skipTLSVerify: true }],
    users: [{ name: 'test', token }],
    contexts: [{ name: 'test', cluster: 'test', user: 'test' }],
    currentContext: 'test',
  });
  const next = later.length === 0 ? [token] : later;
  return { kubeConfig, description: 'test', namespace: undefined, reload: () => kubeConfigFor(url, ...next) };
}
