/**
 * The registry front: one plain registry behind a proxy that looks like ACR, for any number of hosts on one port. The host of a
 * request tells the registry; tokens are opaque and the front's own; the passwords that the token server accepts are those that
 * the simulated Container Registry issued and that have not expired. Blobs are served, where ACR redirects to object storage.
 * Source: distribution "token authentication" specification; ACR documentation on domain names.
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EciHost } from '../eci/host.ts';
import { createBearerTokens } from './bearer-tokens.ts';
import { startBuiltInStore } from './built-in-store.ts';
import { startDockerRegistry } from './docker-registry.ts';
import { createFrontHandler } from './front-handler.ts';
import { createProxy } from './proxy.ts';
import type { RegistryStore } from './registry-store.ts';
import { seedImages } from './seed-images.ts';
import { registriesByService } from './token-endpoint.ts';

/** What the front is started with. */
export interface RegistryOptions {
  simulator: Pick<EciHost, 'acr' | 'authorizer' | 'clock' | 'fixture'>;
  /** Where images are kept; created if missing. */
  dataDir: string;
  /** Default: 0, a free one. */
  port?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** Path of docker-registry. Default: where Debian installs it. */
  binary?: string;
  /** Told once when the built-in store stands in. Default: standard error. */
  log?: (line: string) => void;
}

/** A running front. */
export interface RegistryFront {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the store, fills it with the images of the fixture, and listens. @throws Error when the store does not start. */
export async function startRegistry(options: RegistryOptions): Promise<RegistryFront> {
  const { simulator, host = '127.0.0.1', port = 0 } = options;
  const registries = { acr: simulator.acr, fixture: simulator.fixture };
  const store = await startStore(options);
  const publicRepositories = await seedImages(store.socketPath, registries, simulator.fixture.images ?? []);
  const proxy = createProxy(store.socketPath);
  const tokens = createBearerTokens();
  const nowMs = (): number => simulator.clock.nowMs();
  const parts = {
    acr: simulator.acr,
    authorizer: simulator.authorizer,
    publicRepositories,
    tokens,
    nowMs,
    registries: { ...registries, byService: registriesByService(registries) },
  };
  let url = '';

  const handle = createFrontHandler({ ...parts, proxy, frontUrl: () => url });
  const server = createServer(handle);
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  url = `http://${host}:${bound}`;
  return {
    url,
    stop: async () => {
      proxy.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await store.stop();
    },
  };
}

async function startStore({ dataDir, binary, log }: RegistryOptions): Promise<RegistryStore> {
  await mkdir(dataDir, { recursive: true });
  const store = await startDockerRegistry(dataDir, binary);
  if (store !== undefined) {
    return store;
  }
  const tell = log ?? ((line: string) => process.stderr.write(`${line}\n`));
  tell('registry: docker-registry is not installed; images are kept in memory by the built-in store');
  return startBuiltInStore(join(dataDir, 'registry.sock'));
}
