/**
 * Image references as users write them, in the grammar of the OCI distribution project, with Docker Hub's shorthands.
 * Deviations: none in what is accepted; a host keeps its port but is lower-cased, because DNS names have no case.
 * Source: distribution, `reference` package documentation (grammar), and the Docker CLI's familiar names.
 */
import { EciKubeletError } from '../errors.ts';

/** A reference taken apart. `docker.io/library/nginx:1.27` and `nginx:1.27` give the same value. */
export interface ImageReference {
  /** Registry host, lower-cased, with port if one was written; IPv6 addresses keep their brackets. */
  host: string;
  /** Path inside the registry, `library/nginx`. */
  repository: string;
  /** Absent when none was written; registries then assume `latest`, unless there is a digest. */
  tag?: string;
  /** With algorithm, `sha256:…`. */
  digest?: string;
}

/** A string that is no image reference. The message names the string and the part that is wrong. */
export class ImageReferenceError extends EciKubeletError {
  readonly reference: string;

  constructor(reference: string, reason: string) {
    super('InvalidImageReference', `image reference "${reference.slice(0, MAX_QUOTED_LENGTH)}" ${reason}`);
    this.reference = reference;
  }
}

const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_LEGACY = 'index.docker.io';
/** The registries' own limit on host and path together; longer names are refused at push and pull. */
const MAX_NAME_LENGTH = 255;
const MAX_QUOTED_LENGTH = 128;

const HOST_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[0-9a-fA-F:.]+\\])(?::(?<port>\\d{1,5}))?$`);
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const BARE_IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * Takes an image reference apart.
 * @throws ImageReferenceError `InvalidImageReference` when the text is none.
 */
export function parseImageReference(text: string): ImageReference {
  const fail = (reason: string): ImageReferenceError => new ImageReferenceError(text, reason);
  if (text === '') throw fail('is empty');
  if (/\s/.test(text)) throw fail('contains white space');
  if (text.includes('://')) throw fail('must not begin with a scheme; write the host name alone');
  if (BARE_IMAGE_ID.test(text)) throw fail('is an image id; name a repository');

  const { rest: named, digest } = splitDigest(text, fail);
  const { rest: name, tag } = splitTag(named, fail);
  const { host, path } = splitHost(name);
  const port = checkHost(host, fail);
  if (port !== undefined && (port === 0 || port > 65_535)) throw fail(`has the port ${port}, which does not exist`);
  checkPath(path, fail);

  const canonicalHost = host.toLowerCase() === DOCKER_HUB_LEGACY ? DOCKER_HUB : host.toLowerCase();
  const repository = canonicalHost === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  if (canonicalHost.length + 1 + repository.length > MAX_NAME_LENGTH) {
    throw fail(`has a name of more than ${MAX_NAME_LENGTH} characters`);
  }
  return {
    host: canonicalHost,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

type Fail = (reason: string) => ImageReferenceError;

function splitDigest(text: string, fail: Fail): { rest: string; digest?: string } {
  const at = text.indexOf('@');
  if (at === -1) return { rest: text };
  const digest = text.slice(at + 1);
  if (!DIGEST.test(digest)) throw fail('has a digest that is not of the form algorithm:hex');
  if (digest.startsWith('sha256:') && !SHA256.test(digest)) {
    throw fail('has a sha256 digest that is not 64 lower-case hexadecimal digits');
  }
  return { rest: text.slice(0, at), digest };
}

function splitTag(text: string, fail: Fail): { rest: string; tag?: string } {
  // A colon before the last slash belongs to a port or an IPv6 address.
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  if (colon === -1) return { rest: text };
  const tag = text.slice(colon + 1);
  if (!TAG.test(tag))
    throw fail('has an invalid tag; a tag is 1 to 128 of A-Z a-z 0-9 _ . - and begins with none of . -');
  return { rest: text.slice(0, colon), tag };
}

/** The first component is a host only when it looks like one; otherwise the name belongs to Docker Hub. */
function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isHost ? { host: first, path: name.slice(slash + 1) } : { host: DOCKER_HUB, path: name };
}

function checkHost(host: string, fail: Fail): number | undefined {
  const match = HOST.exec(host);
  if (match === null)
    throw fail(
      `has the host "${host.slice(0, MAX_QUOTED_LENGTH)}", which is no host name, IP address, or [IPv6 address] with an optional port`,
    );
  const port = match.groups?.['port'];
  return port === undefined ? undefined : Number(port);
}

function checkPath(path: string, fail: Fail): void {
  if (path === '') throw fail('names no repository');
  for (const component of path.split('/')) {
    if (component === '') throw fail('has an empty path component');
    if (component !== component.toLowerCase())
      throw fail('has upper-case letters in its repository; only lower case is allowed');
    if (!PATH_COMPONENT.test(component))
      throw fail(`has the path component "${component.slice(0, MAX_QUOTED_LENGTH)}", which is not allowed`);
  }
}
