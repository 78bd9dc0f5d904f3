/** How the end of a command is told. From v4 on it is a `Status` in JSON; before, a text, and only of failures. */
export type ResultForm = 'status' | 'text';

/** One version of the remote command protocol, whatever carries it. */
export interface RemoteCommandVersion {
  name: string;
  result: ResultForm;
  /** Sizes of the terminal are told on a stream of their own. */
  resize: boolean;
  /** The client can end single streams by a message. Only where the carrier has no half-close of its own. */
  closeMessages: boolean;
}

const unnamed = 'channel.k8s.io';

/** Every version. Source: Kubernetes, `remotecommand` constants. */
const versions: readonly RemoteCommandVersion[] = [
  { name: 'v5.channel.k8s.io', result: 'status', resize: true, closeMessages: true },
  { name: 'v4.channel.k8s.io', result: 'status', resize: true, closeMessages: false },
  { name: 'v3.channel.k8s.io', result: 'text', resize: true, closeMessages: false },
  { name: 'v2.channel.k8s.io', result: 'text', resize: false, closeMessages: false },
  { name: unnamed, result: 'text', resize: false, closeMessages: false },
];

/** What a server of SPDY offers, best first. */
export const spdyVersions: readonly string[] = versions.map(({ name }) => name);

/** What a server of WebSockets offers; the versions between have never been spoken over them. */
export const webSocketVersions: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  unnamed,
  'base64.channel.k8s.io',
];

/** Of port-forwards over SPDY. */
export const PORT_FORWARD = 'portforward.k8s.io';
/** Of the same, carried in the binary messages of a WebSocket. */
export const TUNNELLED_PORT_FORWARD = 'SPDY/3.1+portforward.k8s.io';
/** Of port-forwards in channels. */
export const webSocketPortForwards: readonly string[] = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/**
 * Takes the client's most preferred protocol that we know. Pure.
 * @param header the values of a header that may be repeated; Node.js joins them by commas.
 * @returns undefined when none of what it offers will do; `absent` when it offers nothing.
 */
export function chooseProtocol(
  header: string | undefined,
  known: readonly string[],
  absent: string,
): string | undefined {
  const offered = (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (offered.length === 0) return absent;
  return offered.find((name) => known.includes(name));
}

/** Looks a version up by the name under which it was agreed on, in its base64 form or not. */
export function remoteCommandVersion(name: string): RemoteCommandVersion {
  const plain = name.replace('base64.', '');
  const version = versions.find((candidate) => candidate.name === plain);
  if (version === undefined) throw new RangeError(`there is no version ${name}`);
  return version;
}

/** Base64 variants exist for clients that can only send text. */
export function isBase64(name: string): boolean {
  return name.includes('base64.');
}
