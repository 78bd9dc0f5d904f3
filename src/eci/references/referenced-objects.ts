import type { Container, Pod } from '../../kube/types.ts';
import { containersOf, mountedVolumes } from './mounted-volumes.ts';

/** Lifetime that a token volume has when it states none. Source: Kubernetes API reference, ServiceAccountTokenProjection. */
const DEFAULT_TOKEN_SECONDS = 3600;

/** A token that a projected volume asks for. */
export interface ReferencedToken {
  volume: string;
  path: string;
  /** Absent for the API server's own. */
  audience?: string;
  expirationSeconds: number;
}

/** The names of everything outside of itself that a Pod refers to. Names are without duplicates, in the order of the Pod. */
export interface ReferencedObjects {
  namespace: string;
  configMaps: string[];
  secrets: string[];
  claims: string[];
  tokens: ReferencedToken[];
  /** The Services of the namespace become variables. */
  services: boolean;
}

/** Lists what a Pod refers to in variables and in volumes that some container mounts. Nothing is read here. */
export function referencedObjects(pod: Pod): ReferencedObjects {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  const claims = new Set<string>();
  const tokens: ReferencedToken[] = [];
  const add = (names: Set<string>, name: string | undefined): void => {
    if (name !== undefined && name !== '') names.add(name);
  };
  for (const { container } of containersOf(pod)) addVariables(container, { configMaps, secrets });
  for (const { volume } of mountedVolumes(pod)) {
    add(configMaps, volume.configMap?.name);
    add(secrets, volume.secret?.secretName);
    add(secrets, volume.flexVolume?.secretRef?.name);
    add(secrets, volume.csi?.nodePublishSecretRef?.name);
    add(claims, claimName(pod, volume));
    for (const source of volume.projected?.sources ?? []) {
      add(configMaps, source.configMap?.name);
      add(secrets, source.secret?.name);
      if (source.serviceAccountToken === undefined) continue;
      const { path, audience, expirationSeconds = DEFAULT_TOKEN_SECONDS } = source.serviceAccountToken;
      tokens.push({ volume: volume.name, path, ...(audience ? { audience } : {}), expirationSeconds });
    }
  }
  return {
    namespace: pod.metadata?.namespace ?? '',
    configMaps: [...configMaps],
    secrets: [...secrets],
    claims: [...claims],
    tokens,
    services: pod.spec?.enableServiceLinks !== false,
  };
}

/** The claim of a volume: named by the Pod, or made for it. Source: Kubernetes documentation, generic ephemeral volumes. */
export function claimName(
  pod: Pod,
  volume: NonNullable<NonNullable<Pod['spec']>['volumes']>[number],
): string | undefined {
  if (volume.ephemeral !== undefined) return `${pod.metadata?.name ?? ''}-${volume.name}`;
  return volume.persistentVolumeClaim?.claimName;
}

function addVariables(container: Container, into: { configMaps: Set<string>; secrets: Set<string> }): void {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name) into.configMaps.add(configMapRef.name);
    if (secretRef?.name) into.secrets.add(secretRef.name);
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name) into.configMaps.add(valueFrom.configMapKeyRef.name);
    if (valueFrom?.secretKeyRef?.name) into.secrets.add(valueFrom.secretKeyRef.name);
  }
}
