import type { SimulatorProcess } from './simulator-process.ts';

/** A user name and password for a registry. */
export interface Login {
  username: string;
  password: string;
}

/**
 * Asks a simulated registry for a manifest as a container runtime does: challenge, token, manifest.
 * @param image `host/repository:tag`.
 * @returns the status of the last answer: 200 for an image that can be pulled, 401 for a login that is refused.
 */
export async function pullStatus(
  simulator: Pick<SimulatorProcess, 'flags'>,
  image: string,
  login: Login,
): Promise<number> {
  const registry = simulator.flags[simulator.flags.indexOf('--registry-endpoint') + 1] ?? '';
  const [, path = '', tag = ''] = /^(.*):([^:/]+)$/.exec(image) ?? [];
  const manifest = `${registry}/v2/${path}/manifests/${tag}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
  const asked = await fetch(manifest, { headers: { accept } });
  await asked.body?.cancel();
  if (asked.status !== 401) return asked.status;
  const challenge = asked.headers.get('www-authenticate') ?? '';
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const url = new URL(part('realm'));
  url.search = new URLSearchParams({ service: part('service'), scope: part('scope') }).toString();
  const basic = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  const answer = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
  if (!answer.ok) {
    await answer.body?.cancel();
    return answer.status;
  }
  const { token } = (await answer.json()) as { token: string };
  const pulled = await fetch(manifest, { headers: { accept, authorization: `Bearer ${token}` } });
  await pulled.body?.cancel();
  return pulled.status;
}
