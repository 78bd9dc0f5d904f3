/** Kubernetes and HTTP libraries of this program do not load on older releases, and fail there with a riddle. */
const MINIMUM_MAJOR = 24;

/**
 * Says why a release of Node.js cannot run this program.
 * @param version as in `process.versions.node`.
 * @returns undefined when it can.
 */
export function unsupportedNode(version: string): string | undefined {
  if (Number(version.split('.')[0]) >= MINIMUM_MAJOR) return undefined;
  return `eci-kubelet needs Node.js ${MINIMUM_MAJOR} or later, this is ${version}: install it, or start through "npm run eci-kubelet", which brings its own.`;
}
