/**
 * The client side of a pull: challenge, token, manifest, configuration and layers, every digest checked.
 * Source: OCI distribution specification; distribution "token authentication" specification.
 */
import { createHash } from 'node:crypto';
import type { ImageReference } from './image-reference.ts';
import { PullError } from './pull-error.ts';
import type { RegistryAnswer, RegistryConnection } from './registry-connection.ts';

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** A user name and a password for a registry. */
export interface RegistryLogin {
  readonly userName: string;
  readonly password: string;
}

/** Runs `fetch` unless the content of that digest has been fetched before with the same rights. */
export type FetchOnce = (digest: string, fetch: () => Promise<void>) => Promise<void>;

interface Descriptor {
  readonly digest: string;
}

interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  /** Of an index. */
  readonly manifests?: readonly Descriptor[];
}

interface Session {
  readonly image: ImageReference;
  readonly connection: RegistryConnection;
  readonly token: string | undefined;
}

/**
 * Pulls an image. The handshake is made each time; content goes through `once`, which may know it already.
 * @param login absent for an anonymous pull.
 * @returns the digest of the manifest.
 * @throws PullError
 */
export async function pullImage(
  image: ImageReference,
  login: RegistryLogin | undefined,
  options: { connection: RegistryConnection; once: FetchOnce },
): Promise<string> {
  const { connection } = options;
  const first = await manifestOf({ image, connection, token: undefined }, 'HEAD', image.version);
  if (isUnknownHost(first)) {
    const [name] = image.host.split(':');
    const url = `https://${image.host}/v2/${image.repository}/manifests/${image.version}`;
    throw new PullError(
      image.normalised,
      `failed to do request: Head "${url}": dial tcp: lookup ${name}: no such host`,
    );
  }
  const token = first.status === 401 ? await fetchToken(image, login, { connection, challenge: first }) : undefined;
  const session = { image, connection, token };
  const head = first.status === 401 ? await manifestOf(session, 'HEAD', image.version) : first;
  const digest = checkedDigest(image, head);
  await options.once(digest, () => fetchContent(session, digest));
  return digest;
}

async function fetchToken(
  image: ImageReference,
  login: RegistryLogin | undefined,
  { connection, challenge }: { connection: RegistryConnection; challenge: RegistryAnswer },
): Promise<string> {
  const { realm, service } = readChallenge(String(challenge.headers['www-authenticate'] ?? ''));
  if (realm === undefined || !mayReceiveCredentials(realm.hostname, image.host)) {
    throw new PullError(
      image.normalised,
      'failed to authorize: the challenge of the registry names no trustworthy realm',
    );
  }
  const query = new URLSearchParams({ service, scope: `repository:${image.repository}:pull` });
  if (login !== undefined) {
    query.set('account', login.userName);
  }
  const basic = login === undefined ? undefined : Buffer.from(`${login.userName}:${login.password}`).toString('base64');
  const answer = await send({ image, connection }, realm.host, `${realm.pathname}?${query.toString()}`, {
    headers: basic === undefined ? {} : { authorization: `Basic ${basic}` },
  });
  if (answer.status !== 200) {
    const kind = login === undefined ? 'anonymous' : 'oauth';
    throw new PullError(
      image.normalised,
      `failed to authorize: failed to fetch ${kind} token: unexpected status from GET request to ${realm.href}: ${statusText(answer.status)}`,
    );
  }
  const { token } = JSON.parse(answer.body.toString()) as { token?: string };
  return token ?? '';
}

/** Clients of ACR send a password to the registry itself and to the token servers of ACR, nowhere else. */
function mayReceiveCredentials(realmHost: string, imageHost: string): boolean {
  return /^dockerauth[a-z0-9.-]*\.aliyuncs\.com$/.test(realmHost) || realmHost === imageHost.replace(/:\d+$/, '');
}

function readChallenge(header: string): { realm: URL | undefined; service: string } {
  const fields = new Map([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
  const realm = fields.get('realm') ?? '';
  return { realm: URL.canParse(realm) ? new URL(realm) : undefined, service: fields.get('service') ?? '' };
}

async function fetchContent(session: Session, digest: string): Promise<void> {
  const { image } = session;
  const answer = await manifestOf(session, 'GET', digest);
  checkedDigest(image, answer);
  checkContent(image, digest, answer.body);
  const manifest = JSON.parse(answer.body.toString()) as Manifest;
  const [platform] = manifest.manifests ?? [];
  if (platform !== undefined) {
    await fetchContent(session, platform.digest);
    return;
  }
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...(manifest.layers ?? [])];
  for (const blob of blobs) {
    const path = `/v2/${image.repository}/blobs/${blob.digest}`;
    const content = await send(session, image.host, path, { headers: bearer(session.token) });
    if (content.status !== 200) {
      throw new PullError(image.normalised, `failed to copy: unexpected status code ${statusText(content.status)}`);
    }
    checkContent(image, blob.digest, content.body);
  }
}

function checkedDigest(image: ImageReference, answer: RegistryAnswer): string {
  if (answer.status === 404) {
    throw new PullError(image.normalised, `${image.normalised}: not found`, 'NotFound');
  }
  if (answer.status === 401 || answer.status === 403) {
    const detail = 'server message: insufficient_scope: authorization failed';
    throw new PullError(
      image.normalised,
      `pull access denied, repository does not exist or may require authorization: ${detail}`,
    );
  }
  const digest = answer.headers['docker-content-digest'];
  if (answer.status !== 200 || typeof digest !== 'string') {
    throw new PullError(image.normalised, `unexpected status code ${statusText(answer.status)}`);
  }
  return digest;
}

function checkContent(image: ImageReference, digest: string, content: Buffer): void {
  const actual = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (actual !== digest) {
    throw new PullError(image.normalised, `failed precondition: unexpected digest ${actual}, expected ${digest}`);
  }
}

function isUnknownHost({ status, headers }: RegistryAnswer): boolean {
  return status === 404 && headers['x-sim-error'] === 'no such host';
}

async function manifestOf(session: Session, method: 'GET' | 'HEAD', version: string): Promise<RegistryAnswer> {
  const path = `/v2/${session.image.repository}/manifests/${version}`;
  return send(session, session.image.host, path, {
    method,
    headers: { accept: MANIFEST_TYPES, ...bearer(session.token) },
  });
}

async function send(
  { image, connection }: Pick<Session, 'image' | 'connection'>,
  ...request: Parameters<RegistryConnection['send']>
): Promise<RegistryAnswer> {
  try {
    return await connection.send(...request);
  } catch (error) {
    throw new PullError(
      image.normalised,
      `failed to do request: ${error instanceof Error ? error.message : 'unknown error'}`,
    );
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function statusText(status: number): string {
  const texts: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };
  return `${status} ${texts[status] ?? ''}`.trim();
}
