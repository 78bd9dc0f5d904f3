import { readFile } from 'node:fs/promises';
import type { ControlPlane } from './control-plane.ts';
import type { SimulatorProcess } from './simulator-process.ts';

/** The OIDC provider of the built-in fixture, which RRSA of a cluster makes in the cloud. */
export const oidcProviderArn = 'acs:ram::1111111111111111:oidc-provider/ack-rrsa-c0123456789abcdef';

/** Lets everybody read the keys by which tokens are verified, as RRSA does in the cloud by copying them to a public place. */
const openKeys = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'test-open-service-account-issuer' },
  roleRef: {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'system:service-account-issuer-discovery',
  },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:unauthenticated' }],
};

/**
 * Enables RRSA: the provider of the fixture becomes that of a real cluster, whose API server is asked for its keys at each token.
 * @returns a function that closes the keys again.
 */
export async function enableRrsa(plane: ControlPlane, simulator: SimulatorProcess): Promise<() => Promise<void>> {
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(openKeys));
  const discovery = await plane.kubectl(['get', '--raw', '/.well-known/openid-configuration']);
  const { issuer } = JSON.parse(discovery) as { issuer: string };
  const config = JSON.parse(await readFile(plane.kubeconfigPath, 'utf8')) as {
    clusters: [{ cluster: { 'certificate-authority': string } }];
  };
  const caFile = config.clusters[0].cluster['certificate-authority'];
  const keys = { url: `${plane.server}/openid/v1/jwks`, caFile };
  await simulator.control('/_sim/oidc-provider', { provider: oidcProviderArn, issuer, keys });
  return async () => {
    await plane.kubectl(['delete', '--ignore-not-found', '-f', '-'], JSON.stringify(openKeys));
  };
}

/** Shortest life that the API server grants. */
export const SHORTEST_TOKEN_SECONDS = 600;

/** Asks the API server for a token as kubelet does for a projected volume: for one ServiceAccount and one audience. */
export async function projectedToken(
  plane: ControlPlane,
  options: { namespace?: string; serviceAccount?: string; audience?: string; expirationSeconds?: number } = {},
): Promise<string> {
  const {
    namespace = 'kube-system',
    serviceAccount = 'aliyun-acr-credential-helper',
    audience = 'sts.aliyuncs.com',
    expirationSeconds = SHORTEST_TOKEN_SECONDS,
  } = options;
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [audience], expirationSeconds },
  };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const answer = await plane.kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(request));
  return (JSON.parse(answer) as { status: { token: string } }).status.token;
}
