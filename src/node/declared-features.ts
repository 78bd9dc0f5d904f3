/** The first minor version of Kubernetes whose API servers speak WebSocket towards nodes that declare to understand it. */
const EXTENDED_WEB_SOCKETS_MINOR = 36;

/**
 * Says what a node declares to be able to do, for API servers that ask for it; older ones know no such field. Pure.
 *
 * `ExtendWebSocketsToKubelet`: commands in `v5.channel.k8s.io` and port-forwards as SPDY inside a WebSocket come to the node as the
 * client sends them, instead of being translated on the way.
 * @param kubernetesVersion such as `v1.36.0`.
 * @returns an ordered list, as the API server demands.
 */
export function declaredFeatures(kubernetesVersion: string): string[] {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(kubernetesVersion) ?? [];
  const isNewEnough = Number(major) > 1 || (Number(major) === 1 && Number(minor) >= EXTENDED_WEB_SOCKETS_MINOR);
  return isNewEnough ? ['ExtendWebSocketsToKubelet'] : [];
}
