import { isReachable, resolveRegistry } from './resolve-registry.ts';
import type { Registries, ResolvedRegistry } from './resolve-registry.ts';

/** What a request to the front is about. */
export interface FrontTarget {
  readonly registry: ResolvedRegistry;
  /** Repository as the registry names it. */
  readonly repository: string;
  /** The rest of the path, from `manifests` or `blobs` on. */
  readonly rest: string;
}

/** A path of the distribution API: a repository and what is asked of it. */
export interface RepositoryPath {
  readonly repository: string;
  readonly rest: string;
}

/** @returns undefined for paths without repository, such as `/v2/`. Source: OCI distribution specification, endpoints. */
export function readRepositoryPath(pathname: string): RepositoryPath | undefined {
  const match = /^\/v2\/(.+?)\/((?:manifests|blobs|tags|referrers)\/.*)$/.exec(pathname);
  return match === null ? undefined : { repository: match[1] ?? '', rest: match[2] ?? '' };
}

/** True for addresses of the front itself, which name no registry. */
export function isOwnAddress(host: string): boolean {
  return /^(127(\.\d+){3}|localhost|\[::1\])(:\d+)?$/.test(host.toLowerCase());
}

/**
 * Finds the registry for a repository. At the front's own address the first part of the repository is the host, so that tools
 * without a way to redirect a host can be used: `127.0.0.1:5000/demo-registry.cn-hangzhou.cr.aliyuncs.com/team/app`.
 * @returns undefined when there is no such host.
 */
export function findTarget(host: string, path: RepositoryPath, registries: Registries): FrontTarget | undefined {
  const direct = resolveRegistry(host, registries);
  if (direct !== undefined) {
    return { ...path, registry: direct };
  }
  const [first = '', ...parts] = path.repository.split('/');
  const isNamed = isOwnAddress(host) && parts.length > 0 && isReachable(first, registries);
  const named = isNamed ? resolveRegistry(first, registries) : undefined;
  return named === undefined ? undefined : { registry: named, repository: parts.join('/'), rest: path.rest };
}
