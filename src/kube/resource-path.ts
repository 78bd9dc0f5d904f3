import { KubeApiError } from './errors.ts';

/** Names one object or collection of the API. */
export interface ResourceLocation {
  /** `v1` for the core group, else `group/version`. */
  apiVersion: string;
  /** Plural, lower case: `pods`. */
  resource: string;
  namespace?: string;
  name?: string;
  /** For example `status`. */
  subresource?: string;
}

/**
 * Builds the path of an object or collection.
 * @throws KubeApiError `NotFound` for a name that no object can have.
 */
export function resourcePath(location: ResourceLocation): string {
  const { apiVersion, namespace, resource, name, subresource } = location;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const segments = namespace === undefined ? [resource] : ['namespaces', namespace, resource];
  if (name !== undefined) segments.push(name);
  if (subresource !== undefined) segments.push(subresource);
  const unusable = segments.find((segment) => segment.includes('/'));
  if (unusable !== undefined) throw cannotExist(`${root}/${resource}`);
  return assertApiPath(`${root}/${segments.join('/')}`);
}

/**
 * Refuses paths that a URL parser or the server would read as another path.
 *
 * Names inside Pods (Secrets, ConfigMaps) are not validated by every API server; `../../kube-system/secrets/x` in one of
 * them must not make us read a Secret elsewhere with our own permissions.
 *
 * @throws KubeApiError `NotFound`, because no object can have such a name, and callers already know what to do about that.
 */
export function assertApiPath(path: string): string {
  const [before, ...segments] = path.split('/');
  const plain = before === '' && segments.length > 0 && segments.every(isPlainSegment);
  if (!plain) throw cannotExist(segments.slice(0, 2).join('/'));
  return path;
}

/** Source: Kubernetes API conventions, path segment names: not `.` or `..`, without `/` and `%`. */
function isPlainSegment(segment: string): boolean {
  return segment !== '.' && segment !== '..' && /^[\w.:~@+=,!$'()*-]+$/.test(segment);
}

function cannotExist(where: string): KubeApiError {
  return new KubeApiError({
    message: `not sent to /${where}…: the path has a part that no object's name can be`,
    reason: 'NotFound',
    httpStatus: 404,
    neverSent: true,
  });
}
