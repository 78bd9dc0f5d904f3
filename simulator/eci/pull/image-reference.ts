/** An image reference in its parts. */
export interface ImageReference {
  /** The reference as it was given. */
  readonly given: string;
  /** Host with port if any, lower case. `docker.io` when the reference has none. */
  readonly host: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
  /** `host/repository:tag`, as containerd prints it. */
  readonly normalised: string;
}

/**
 * Reads an image reference by the rules of Docker: the first part is a host if it has a dot, a colon or is `localhost`.
 * @returns undefined when the reference cannot be read.
 */
export function readImageReference(given: string): ImageReference | undefined {
  const match = /^(.+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(given);
  if (match === null) {
    return undefined;
  }
  const [, path = '', tag, digest] = match;
  const [first = '', ...rest] = path.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first.toLowerCase() : 'docker.io';
  const name = hasHost ? rest.join('/') : path;
  const repository = host === 'docker.io' && !name.includes('/') ? `library/${name}` : name;
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(repository)) {
    return undefined;
  }
  const version = digest ?? tag ?? 'latest';
  return {
    given,
    host,
    repository,
    version,
    normalised: `${host}/${repository}${digest === undefined ? ':' : '@'}${version}`,
  };
}
