import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RegistryStore } from './registry-store.ts';

/** Where Debian puts the distribution registry. */
const BINARY = '/usr/bin/docker-registry';
const START_TIMEOUT_MS = 10_000;
const POLL_MS = 25;

/** @returns undefined when no docker-registry is installed. @throws Error when it does not start. */
export async function startDockerRegistry(directory: string, binary = BINARY): Promise<RegistryStore | undefined> {
  try {
    await access(binary, constants.X_OK);
  } catch {
    return undefined;
  }
  await mkdir(directory, { recursive: true });
  const socketPath = join(directory, 'registry.sock');
  const configPath = join(directory, 'registry.yml');
  await rm(socketPath, { force: true });
  await writeFile(configPath, configuration(directory, socketPath));
  const child = spawn(binary, ['serve', configPath], { stdio: 'ignore' });
  // A registry must not outlive a simulator that ends without stopping it.
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await exited;
    }
  };
  for (const endMs = performance.now() + START_TIMEOUT_MS; performance.now() < endMs; await delay(POLL_MS)) {
    if (child.exitCode !== null) {
      throw new Error(`${binary} ended with code ${child.exitCode} while it was started`);
    }
    if (await answers(socketPath)) {
      return { socketPath, stop };
    }
  }
  await stop();
  throw new Error(`${binary} did not answer within ${START_TIMEOUT_MS} ms`);
}

function configuration(directory: string, socketPath: string): string {
  return [
    'version: 0.1',
    'log: {level: error}',
    `storage: {filesystem: {rootdirectory: ${JSON.stringify(join(directory, 'storage'))}}, delete: {enabled: true}}`,
    `http: {net: unix, addr: ${JSON.stringify(socketPath)}, relativeurls: true}`,
    '',
  ].join('\n');
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ socketPath, path: '/v2/' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
