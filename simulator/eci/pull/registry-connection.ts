import { Agent, request } from 'node:http';

/** An answer of a registry, read whole. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Reaches every registry host through the one front, which tells them apart by the `Host` header. */
export interface RegistryConnection {
  /** @param host name that the image or the challenge gives. @throws Error of the socket. */
  send(
    host: string,
    path: string,
    options?: { method?: 'GET' | 'HEAD'; headers?: Readonly<Record<string, string>> },
  ): Promise<RegistryAnswer>;
  close(): void;
}

/** Bounds the pulls that are on their way; the others wait for a connection. */
const MAX_SOCKETS = 32;
const TIMEOUT_MS = 30_000;

/** @param frontUrl address of the registry front, asked at each request because the front may start later. */
export function createRegistryConnection(frontUrl: () => string | undefined): RegistryConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  return {
    send: (host, path, { method = 'GET', headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const address = frontUrl();
        if (address === undefined) {
          reject(new Error(`dial tcp: no registry front is running for ${host}`));
          return;
        }
        const { hostname, port } = new URL(address);
        const options = { agent, hostname, port, path, method, headers: { ...headers, host }, timeout: TIMEOUT_MS };
        const call = request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        });
        call.on('timeout', () => call.destroy(new Error('i/o timeout')));
        call.on('error', reject);
        call.end();
      }),
    close: () => agent.destroy(),
  };
}
