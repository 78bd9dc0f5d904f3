/**
 * Reads the docker configuration in Kubernetes Secrets. Values of a Secret never appear in a problem, not even in part.
 * Source: Kubernetes documentation, Secret types and Images, Interpretation of config.json; Docker CLI configuration file.
 */
import type { Problem } from '../annotations/types.ts';
import type { KubeSecret } from '../kube/types.ts';
import { Secret } from '../secret.ts';
import type { PullSecretCredential } from './types.ts';

/** What a Secret holds, and what of it cannot be used. A problem with one server leaves the others usable. */
export interface DecodedPullSecret {
  credentials: PullSecretCredential[];
  problems: Problem[];
}

const DOCKER_HUB = 'docker.io';
/** Names under which docker login has filed Docker Hub over the years. */
const DOCKER_HUB_ALIASES: ReadonlySet<string> = new Set([
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);
/** Where each type of Secret keeps its document, and under which member of it the servers are. */
const layouts: ReadonlyMap<string, { dataKey: string; member?: string }> = new Map([
  ['kubernetes.io/dockerconfigjson', { dataKey: '.dockerconfigjson', member: 'auths' }],
  ['kubernetes.io/dockercfg', { dataKey: '.dockercfg' }],
]);

/** Decodes a pull Secret of either type. */
export function decodePullSecret(secret: KubeSecret): DecodedPullSecret {
  const source = `${secret.metadata?.namespace ?? ''}/${secret.metadata?.name ?? ''}`;
  const problem = (message: string): Problem => ({ key: 'imagePullSecrets', value: source, message });
  const layout = layouts.get(secret.type ?? '');
  if (layout === undefined) {
    return failed(problem(`is of type ${secret.type ?? 'Opaque'}; use kubernetes.io/dockerconfigjson`));
  }
  const encoded = secret.data?.[layout.dataKey];
  if (encoded === undefined) return failed(problem(`has no key ${layout.dataKey}`));
  const document = parseJson(encoded);
  if (document === undefined) return failed(problem(`has a key ${layout.dataKey} that is not a JSON object`));
  const servers = layout.member === undefined ? document : document[layout.member];
  if (!isObject(servers)) return failed(problem(`has no "auths" object in ${layout.dataKey}`));

  const decoded: DecodedPullSecret = { credentials: [], problems: [] };
  for (const [key, entry] of Object.entries(servers)) {
    const login = loginOf(entry);
    const server = normalizeServer(key);
    if (server === '') decoded.problems.push(problem('has an entry without a registry host'));
    else if (login === undefined) decoded.problems.push(problem(`has no user name and password for ${server}`));
    else decoded.credentials.push({ server, ...login, source });
  }
  return decoded;
}

/**
 * Joins the credentials of several Secrets: for one server the first listed wins.
 * @returns those that count, and those that were overruled.
 */
export function mergePullSecrets(lists: readonly (readonly PullSecretCredential[])[]): {
  credentials: PullSecretCredential[];
  overruled: PullSecretCredential[];
} {
  const byServer = new Map<string, PullSecretCredential>();
  const overruled: PullSecretCredential[] = [];
  for (const credential of lists.flat()) {
    if (byServer.has(credential.server)) overruled.push(credential);
    else byServer.set(credential.server, credential);
  }
  return { credentials: [...byServer.values()], overruled };
}

/**
 * Brings a key of a docker configuration into the form in which image references are compared: lower-cased host with port,
 * then the path if there is one that means something. `https://index.docker.io/v1/` is `docker.io`.
 */
export function normalizeServer(key: string): string {
  const bare = key.trim().replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const authority = slash === -1 ? bare : bare.slice(0, slash);
  // Servers appear in messages; what stands before an @ may be a password.
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  // The version of the registry API says nothing about which images are meant.
  const path = withoutTrailing((slash === -1 ? '' : bare.slice(slash)).replace(/^\/v[12](?=\/|$)/, ''), '/');
  return `${DOCKER_HUB_ALIASES.has(host) ? DOCKER_HUB : host}${path}`;
}

function failed(problem: Problem): DecodedPullSecret {
  return { credentials: [], problems: [problem] };
}

function loginOf(entry: unknown): { userName: string; password: Secret } | undefined {
  if (!isObject(entry)) return undefined;
  const { username, password, auth } = entry;
  if (isFilled(username) && isFilled(password)) return { userName: username, password: new Secret(password) };
  if (!isFilled(auth)) return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  // Passwords may contain colons (those of ACR do), user names may not.
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) return undefined;
  // Docker writes a trailing NUL when it was built with a C library.
  const secret = withoutTrailing(text.slice(colon + 1), '\0');
  return { userName: text.slice(0, colon), password: new Secret(secret) };
}

function parseJson(base64: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // The parser's message quotes the text, which is secret.
    return undefined;
  }
}

/** As `/x+$/` would, which takes quadratic time for a run that does not end the text. */
function withoutTrailing(text: string, char: string): string {
  let end = text.length;
  while (text[end - 1] === char) end -= 1;
  return text.slice(0, end);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
