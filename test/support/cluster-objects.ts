import type { ReferencePort } from '../../src/eci/types.ts';
import type { ConfigMap, KubeSecret, PersistentVolume, PersistentVolumeClaim, Service } from '../../src/kube/types.ts';
import { Secret } from '../../src/secret.ts';

/** What a cluster has, by name; objects with a namespace are found in every one. */
export interface ClusterObjects {
  configMaps?: Readonly<Record<string, ConfigMap>>;
  /** Values in plain text. */
  secrets?: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>;
  claims?: Readonly<Record<string, PersistentVolumeClaim>>;
  volumes?: Readonly<Record<string, PersistentVolume>>;
  services?: readonly Service[];
}

/** An API server with these objects, the cluster's root certificates, and a token for everybody that ends at the epoch. */
export function clusterObjects(objects: ClusterObjects = {}, overrides: Partial<ReferencePort> = {}): ReferencePort {
  const { configMaps = {}, secrets = {}, claims = {}, volumes = {}, services = [] } = objects;
  const rootCertificates = { 'kube-root-ca.crt': { data: { 'ca.crt': 'CERTIFICATE' } } };
  const own = <T>(record: Readonly<Record<string, T>>, name: string): Promise<T | undefined> =>
    Promise.resolve(Object.hasOwn(record, name) ? record[name] : undefined);
  return {
    configMap: (_namespace, name) => own({ ...rootCertificates, ...configMaps }, name),
    secret: async (_namespace, name) => secretOf(await own(secrets, name)),
    persistentVolumeClaim: (_namespace, name) => own(claims, name),
    persistentVolume: (name) => own(volumes, name),
    service: (namespace, name) =>
      Promise.resolve(services.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name)),
    services: (namespace) => Promise.resolve(services.filter(({ metadata }) => metadata?.namespace === namespace)),
    createToken: () => Promise.resolve({ token: new Secret('token-of-the-pod'), expiresAtMs: 0 }),
    ...overrides,
  };
}

function secretOf(values: Readonly<Record<string, string | Buffer>> | undefined): KubeSecret | undefined {
  if (values === undefined) return undefined;
  return {
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  };
}
