import assert from 'node:assert/strict';
import { createContainerGroup } from '../../../../simulator/eci/parameters/container-group.ts';
import { containerGroupParams } from '../../../../src/alibaba/eci-wire.ts';
import { parsePodAnnotations } from '../../../../src/annotations/parse-pod-annotations.ts';
import { prepareCreate } from '../../../../src/eci/create/prepare-create.ts';
import { containerGroupName } from '../../../../src/eci/identity/container-group-name.ts';
import type { EciProviderConfig } from '../../../../src/eci/types.ts';
import type {
  ConfigMap,
  KubeObject,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Service,
} from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { goldenManifests, goldenRequest } from '../../../support/golden-request.ts';
import { noCredentials, testConfig } from '../provider-setup.ts';

const UID = '0a1b2c3d-0000-4000-8000-000000000001';
const identity = { clusterId: testConfig.clusterId, namespace: 'team', name: 'every.field', uid: UID, fixedIp: false };
const values = {
  NAMESPACE: 'team',
  NODE: testConfig.nodeName,
  UID,
  CLUSTER: testConfig.clusterId,
  HOST_IP: testConfig.hostIp,
  VERSION: testConfig.productVersion,
  GROUP: containerGroupName(identity),
  API_IP: '172.16.0.1',
  WEB_IP: '172.16.0.9',
  TOKEN: 'token-of-the-pod',
  CA: 'CERTIFICATE',
};

/** Parameters that another test shows: with one of the golden request they would be refused, or nothing in a Pod leads to them. */
const leftOut = [
  // Roles and registries: the Pod has a pull Secret.
  ...['AcrRegistryInfo', 'RamRoleName', 'ResourceGroupId'],
  // Size by type, spot, processors, images: each excludes how the golden Pod is placed.
  ...['InstanceType', 'ComputeCategory', 'SpotStrategy', 'SpotPriceLimit', 'SpotDuration', 'CpuArchitecture', 'OsType'],
  ...['CpuOptionsCore', 'CpuOptionsThreadsPerCore', 'GpuDriverVersion', 'ImageSnapshotId', 'ZoneId'],
  // Addresses: a kept one excludes a new one.
  ...['EipInstanceId', 'EipCommonBandwidthPackage', 'PrivateIpAddress', 'FixedIp', 'FixedIpRetainHour'],
  ...['Ipv6AddressCount', 'Ipv6GatewayBandwidth', 'Ipv6GatewayBandwidthEnable'],
  // Data caches.
  ...['DataCacheBucket', 'DataCachePL', 'DataCacheProvisionedIops', 'DataCacheBurstingEnabled'],
  // The product never sends them.
  ...['StrictSpot', 'ImageAccelerateMode', 'ContainerResourceView', 'OverheadReservationOption', 'DryRun'],
];

/** The parameters that reach the cloud. */
async function arrive(config: EciProviderConfig = testConfig): Promise<Readonly<Record<string, string>>> {
  const objects = goldenManifests(values);
  const pod = objects.at(-1) as Pod;
  const prepared = await prepareCreate({
    pod: { ...pod, metadata: { ...pod.metadata, namespace: 'team', uid: UID } },
    attempt: { number: 1 },
    nowMs: 0,
    config,
    ports: {
      parseAnnotations: parsePodAnnotations,
      credentials: {
        resolve: ({ pullSecrets }) => {
          const [found] = pullSecrets;
          assert.ok(found);
          return Promise.resolve({
            ...noCredentials,
            imageRegistryCredentials: [
              { server: found.server, userName: 'puller', password: new Secret('CANARY-golden-password') },
            ],
          });
        },
      },
      readPullSecrets: () =>
        Promise.resolve({
          credentials: [
            {
              server: 'registry.example.com',
              userName: 'puller',
              password: new Secret('CANARY-golden-password'),
              source: 'x',
            },
          ],
          notes: [],
        }),
      imageCaches: { find: () => Promise.resolve([]) },
      references: clusterFrom(objects),
    },
  });
  assert.ok(prepared.kind === 'ready', JSON.stringify(prepared));
  return containerGroupParams(prepared.request);
}

/** The objects of the manifests, as the control plane would complete them. */
function clusterFrom(objects: readonly KubeObject[]): ReturnType<typeof clusterObjects> {
  const named = <T extends KubeObject>(kind: string, complete: (object: T) => T = (object) => object) =>
    Object.fromEntries(
      objects
        .filter((object) => object.kind === kind)
        .map((object) => [object.metadata?.name ?? '', complete(object as T)]),
    );
  const secrets = named<KubeObject & { stringData?: Record<string, string> }>('Secret');
  const service = (namespace: string, name: string, clusterIP: string, spec: Service['spec']): Service => ({
    metadata: { namespace, name, uid: name },
    spec: { ...spec, clusterIP },
  });
  return clusterObjects({
    configMaps: named<ConfigMap>('ConfigMap'),
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, { stringData = {} }]) => [name, stringData])),
    volumes: named<PersistentVolume>('PersistentVolume'),
    claims: named<PersistentVolumeClaim>('PersistentVolumeClaim', (claim) => ({
      ...claim,
      status: { phase: 'Bound' },
    })),
    services: [
      service('default', 'kubernetes', values.API_IP, { ports: [{ name: 'https', port: 443, protocol: 'TCP' }] }),
      service('team', 'web-front', values.WEB_IP, named<Service & KubeObject>('Service')['web-front']?.spec),
    ],
  });
}

describe('a Pod that uses every supported field', () => {
  it('arrives as the golden request says', async () => {
    assert.deepEqual(await arrive(), goldenRequest(values));
  });

  it('arrives with the same bytes each time', async () => {
    assert.equal(JSON.stringify(await arrive()), JSON.stringify(await arrive()));
  });

  it('leaves out only what excludes something else, or comes from elsewhere', () => {
    const used = new Set(Object.keys(goldenRequest(values)).map((name) => name.split('.')[0] ?? ''));
    const left = Object.keys(createContainerGroup).filter((name) => !used.has(name));
    assert.deepEqual(left.sort(), [...leftOut].sort());
  });
});
