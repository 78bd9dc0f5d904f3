/** The text of `.dockerconfigjson`. Source: Kubernetes documentation, Pull an Image from a Private Registry. */
import { Secret } from '../../secret.ts';

/** What one registry host is given. */
export interface HostLogin {
  userName: string;
  password: Secret;
}

/**
 * Writes the logins as `.dockerconfigjson`: hosts sorted, so that the same logins are the same text. Without logins it is
 * `{"auths":{}}`, which kubelet can read; an empty text would fail every pull of every Pod that refers to the Secret.
 */
export function writeDockerConfig(logins: ReadonlyMap<string, HostLogin>, email: string): Secret {
  const hosts = [...logins].sort(([a], [b]) => (a < b ? -1 : 1));
  const auths = hosts.map(([host, { userName: username, password: secret }]) => {
    const password = secret.reveal();
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    return [host, { username, password, email, auth }] as const;
  });
  return new Secret(JSON.stringify({ auths: Object.fromEntries(auths) }));
}

/**
 * Reads what {@link writeDockerConfig} wrote.
 * @returns undefined for any other text. No error is thrown, because a parser's message quotes the text.
 */
export function readDockerConfig(text: string): Map<string, HostLogin> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const auths = memberOf(parsed, 'auths');
  if (typeof auths !== 'object' || auths === null || Array.isArray(auths)) return undefined;
  const logins = new Map<string, HostLogin>();
  for (const [host, login] of Object.entries(auths)) {
    const userName = memberOf(login, 'username');
    const password = memberOf(login, 'password');
    if (typeof userName !== 'string' || typeof password !== 'string' || password === '') return undefined;
    logins.set(host, { userName, password: new Secret(password) });
  }
  return logins;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
