import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openInternet } from './simulated-internet.ts';
import type { SimulatorProcess } from './simulator-process.ts';

const run = promisify(execFile);
const PROGRAM = '/usr/bin/skopeo';
const REGISTRY = '/usr/bin/docker-registry';
const TIMEOUT_MS = 30_000;

let told = false;

/** A real container tool that uses the content of a pull Secret as kubelet's container runtime would. */
export interface Skopeo {
  /** Reads manifest and configuration of an image. @returns its digest. @throws with what skopeo said. */
  inspect(image: string, dockerConfig: string): Promise<string>;
  /** Pulls every layer of an image. @throws with what skopeo said. */
  pull(image: string, dockerConfig: string): Promise<void>;
  /** Hosts that it spoke to. */
  hosts(): string[];
  close(): Promise<void>;
}

/** Prepares skopeo for the registries of a simulator, or skips the suite, with one line per run, where it or the registry is missing. */
export async function skopeoOrSkip(context: Mocha.Context, simulator: () => SimulatorProcess): Promise<Skopeo> {
  const missing = [PROGRAM, REGISTRY].filter((path) => !existsSync(path));
  if (missing.length > 0) {
    if (!told) process.stdout.write(`  skipped: tests that pull with real tools; ${missing.join(' and ')} missing\n`);
    told = true;
    return context.skip();
  }
  const { flags } = simulator();
  const internet = await openInternet(flags[flags.indexOf('--registry-endpoint') + 1] ?? '');
  const dir = await mkdtemp(join(tmpdir(), 'eci-kubelet-skopeo-'));
  const authFile = join(dir, 'auth.json');
  // Nobody's own logins and registries take part.
  const env = { ...process.env, ...internet.env, HOME: dir, XDG_RUNTIME_DIR: dir, REGISTRY_AUTH_FILE: '' };
  let pulls = 0;
  const skopeo = async (args: readonly string[], dockerConfig: string): Promise<string> => {
    await writeFile(authFile, dockerConfig, { mode: 0o600 });
    const [command = '', ...rest] = args;
    const all = ['--insecure-policy', command, '--authfile', authFile, ...rest];
    const { stdout } = await run(PROGRAM, all, { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
    return stdout;
  };
  return {
    inspect: async (image, dockerConfig) => {
      const answer = JSON.parse(await skopeo(['inspect', `docker://${image}`], dockerConfig)) as { Digest: string };
      return answer.Digest;
    },
    pull: async (image, dockerConfig) => {
      pulls += 1;
      await skopeo(['copy', '--quiet', `docker://${image}`, `oci:${dir}/pull-${pulls}:v1`], dockerConfig);
    },
    hosts: () => internet.hosts(),
    close: async () => {
      await internet.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
