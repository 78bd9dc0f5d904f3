import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClusterAuthority } from './cluster-authority.ts';

/** Every name of the built-in fixture, and the token servers that the challenges of its registries name. */
const names = [
  ...['*.cn-hangzhou.cr.aliyuncs.com', '*.cn-beijing.cr.aliyuncs.com'],
  ...['*.cn-hangzhou.aliyuncs.com', '*.cn-beijing.aliyuncs.com'],
  ...['*.a.example.com', '*.b.example.com'],
];

/**
 * The way from programs that we did not write to the registries of the simulator, under their real names and over TLS: a proxy that
 * ends the encryption and asks the registry front, which tells registries by the name.
 */
export interface SimulatedInternet {
  /** Environment of a program that honours the usual variables; Go's trust store is the authority of this internet. */
  readonly env: Readonly<Record<string, string>>;
  /** Hosts that were asked, each once. */
  hosts(): string[];
  close(): Promise<void>;
}

/** @param registryUrl the front's own address, as the simulator prints it. */
export async function openInternet(registryUrl: string): Promise<SimulatedInternet> {
  const dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-internet-'));
  const authority = await createClusterAuthority('simulated internet');
  const caFile = join(dir, 'ca.crt');
  const [own] = await Promise.all([authority.serverNamed(names), writeFile(caFile, authority.certificate)]);
  const hosts = new Set<string>();
  const sockets = new Set<Socket>();
  const tls = createTlsServer({ cert: own.certificate, key: own.key }, (incoming, outgoing) =>
    forward(registryUrl, incoming, outgoing),
  );
  const proxy = createServer((_incoming, outgoing) => {
    outgoing.writeHead(405).end();
  });
  proxy.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    hosts.add((incoming.url ?? '').replace(/:443$/, ''));
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tls.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const proxyUrl = `http://127.0.0.1:${port}`;
  return {
    env: { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl, NO_PROXY: '', SSL_CERT_FILE: caFile, SSL_CERT_DIR: dir },
    hosts: () => [...hosts],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function forward(registryUrl: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const onward = request(
    registryUrl,
    { method: incoming.method ?? 'GET', path: incoming.url ?? '/', headers: incoming.headers, agent: false },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
