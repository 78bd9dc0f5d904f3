import assert from 'node:assert/strict';
import type { VolumeRequest } from '../../../../src/alibaba/eci-requests.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../../../src/kube/types.ts';
import { revealText } from '../../../../src/secret.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';
import { resolveWith } from '../resolve-with.ts';

type VolumeSpec = NonNullable<PersistentVolume['spec']>;

const keys = { akId: 'LTAI-id', akSecret: 'CANARY-oss' };
const secrets = { oss: keys, half: { akId: 'only' }, options: { password: 'CANARY-flex' } };

function podWith(volume: Volume): Pod {
  const volumeMounts = [{ name: volume.name, mountPath: '/m' }];
  return aPod({ spec: { containers: [aContainer({ volumeMounts })], volumes: [volume] } });
}

const bound = (volumeName: string, more: Partial<PersistentVolumeClaim> = {}): PersistentVolumeClaim => ({
  spec: { volumeName, accessModes: ['ReadWriteOnce'] },
  status: { phase: 'Bound' },
  ...more,
});

async function claimed(
  spec: VolumeSpec,
  options: { claim?: PersistentVolumeClaim; zoneId?: string; volume?: Volume } = {},
): ReturnType<typeof resolveWith> {
  const {
    claim = bound('pv-1'),
    volume = { name: 'v', persistentVolumeClaim: { claimName: 'data' } },
    zoneId,
  } = options;
  const volumes = { 'pv-1': { metadata: { name: 'pv-1' }, spec } };
  const cluster = clusterObjects({ secrets, volumes, claims: { data: claim, 'web-v': claim } });
  return await resolveWith(podWith(volume), cluster, zoneId === undefined ? {} : { zoneId });
}

const disk = (more: Partial<VolumeSpec> = {}): VolumeSpec => ({
  csi: { driver: 'diskplugin.csi.alibabacloud.com', volumeHandle: 'd-1', fsType: 'ext4' },
  ...more,
});
const nas = (volumeAttributes: Record<string, string>, more: Partial<VolumeSpec> = {}): VolumeSpec => ({
  csi: { driver: 'nasplugin.csi.alibabacloud.com', volumeHandle: 'x', volumeAttributes },
  ...more,
});
const oss = (volumeAttributes: Record<string, string>, secret?: string): VolumeSpec => ({
  csi: {
    driver: 'ossplugin.csi.alibabacloud.com',
    volumeHandle: 'x',
    volumeAttributes,
    ...(secret === undefined ? {} : { nodePublishSecretRef: { name: secret, namespace: 'kube-system' } }),
  },
});
const flex = (driver: string, options: object, fsType?: string): VolumeRequest => ({
  name: 'v',
  type: 'FlexVolume',
  flexVolume: { driver, ...(fsType === undefined ? {} : { fsType }), options: JSON.stringify(options) },
});
const nfs = (path: string): VolumeRequest => ({ name: 'v', type: 'NFSVolume', nfsVolume: { server: 'nas', path } });

/** Options as they travel. */
function revealed(volume: VolumeRequest | undefined): VolumeRequest | undefined {
  if (volume?.flexVolume?.options === undefined) return volume;
  return { ...volume, flexVolume: { ...volume.flexVolume, options: revealText(volume.flexVolume.options) } };
}

describe('volumes of PersistentVolumeClaims', () => {
  const bucket = { bucket: 'b', url: 'oss-cn-hangzhou-internal.aliyuncs.com' };
  const cases: Readonly<Record<string, readonly [VolumeSpec, VolumeRequest]>> = {
    NFS: [{ nfs: { server: 'nas', path: '/a' } }, nfs('/a')],
    'NAS by CSI': [nas({ server: 'nas', path: '/a' }), nfs('/a')],
    'NAS by CSI without a path': [nas({ server: 'nas' }), nfs('/')],
    'NAS by CSI with a version': [
      nas({ server: 'nas', path: '/a', vers: '4.0' }),
      flex('alicloud/nas', { path: '/a', server: 'nas', vers: '4.0' }),
    ],
    'NAS by CSI with mount options': [
      nas({ server: 'nas' }, { mountOptions: ['nolock', 'noresvport'] }),
      flex('alicloud/nas', { options: 'nolock,noresvport', path: '/', server: 'nas' }),
    ],
    'OSS by CSI with a Secret': [
      oss({ ...bucket, otherOpts: '-o ro' }, 'oss'),
      flex('alicloud/oss', { ...keys, ...bucketSorted('-o ro') }),
    ],
    'OSS by CSI with a role': [
      oss({ ...bucket, ramRole: 'reader' }),
      flex('alicloud/oss', { bucket: 'b', ramRole: 'reader', url: bucket.url }),
    ],
    'a disk by CSI': [disk(), flex('alicloud/disk', { volumeId: 'd-1' }, 'ext4')],
    'a Flex volume': [
      { flexVolume: { driver: 'alicloud/disk', fsType: 'xfs', options: { volumeId: 'd-2' } } },
      flex('alicloud/disk', { volumeId: 'd-2' }, 'xfs'),
    ],
  };
  for (const [title, [spec, expected]] of Object.entries(cases)) {
    it(`translate ${title}`, async () => {
      const { volumes, findings } = await claimed(spec);
      assert.deepEqual(findings.problems, []);
      assert.deepEqual(volumes.map(revealed), [expected]);
    });
  }

  function bucketSorted(otherOpts: string): object {
    return { bucket: bucket.bucket, otherOpts, url: bucket.url };
  }

  it('keep the keys of a bucket wrapped', async () => {
    const { volumes } = await claimed(oss(bucket, 'oss'));
    assert.doesNotMatch(JSON.stringify(volumes), /CANARY/);
  });

  const problems: Readonly<Record<string, readonly [VolumeSpec, RegExp]>> = {
    'an unknown driver': [
      { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'x' } },
      /PersistentVolume pv-1 \(spec\.volumes\[0\]\) ebs\.csi\.aws\.com is no CSI driver whose volumes ECI can mount/,
    ],
    'a host path': [
      { hostPath: { path: '/var' }, capacity: { storage: '1Gi' } },
      /hostPath is a kind of volume that ECI cannot mount/,
    ],
    'NAS without a server': [nas({}), /volumeAttributes\.server .*write the mount target/],
    'NAS over another protocol': [
      nas({ server: 'nas', mountProtocol: 'efc' }),
      /mountProtocol efc ECI mounts NAS over NFS/,
    ],
    'OSS without a bucket': [oss({ url: 'u' }, 'oss'), /volumeAttributes\.bucket/],
    'OSS without credentials': [oss(bucket), /nodePublishSecretRef .*akId and akSecret/],
    'a block device': [disk({ volumeMode: 'Block' }), /is a block device/],
  };
  for (const [title, [spec, expected]] of Object.entries(problems)) {
    it(`hold the Pod for ${title}`, async () => {
      const { findings } = await claimed(spec);
      assert.match(
        findings.problems.map(({ key, value, message }) => `${key} ${value} ${message}`).join('\n'),
        expected,
      );
    });
  }

  it('wait for a key of the Secret of a bucket, and for the Secret', async () => {
    const half = await claimed(oss(bucket, 'half'));
    assert.deepEqual(half.findings.missing, [
      { kind: 'Secret', namespace: 'kube-system', name: 'half', key: 'akSecret' },
    ]);
    const none = await claimed(oss(bucket, 'nobody'));
    assert.deepEqual(none.findings.missing, [{ kind: 'Secret', namespace: 'kube-system', name: 'nobody' }]);
  });

  const waiting: Readonly<Record<string, readonly [PersistentVolumeClaim | undefined, reason: string, kind: string]>> =
    {
      'a claim that is missing': [undefined, 'PersistentVolumeClaimNotFound', 'PersistentVolumeClaim'],
      'a claim that is not bound': [
        { status: { phase: 'Pending' } },
        'PersistentVolumeClaimNotBound',
        'PersistentVolumeClaim',
      ],
      'a volume that is missing': [bound('pv-2'), 'PersistentVolumeNotFound', 'PersistentVolume'],
    };
  for (const [title, [claim, reason, kind]] of Object.entries(waiting)) {
    it(`wait for ${title}`, async () => {
      const cluster = clusterObjects({ claims: claim === undefined ? {} : { data: claim } });
      const pod = podWith({ name: 'v', persistentVolumeClaim: { claimName: 'data' } });
      const { findings } = await resolveWith(pod, cluster);
      assert.deepEqual([findings.notes[0]?.reason, findings.missing[0]?.kind], [reason, kind]);
    });
  }

  const readOnly: Readonly<Record<string, Parameters<typeof claimed>>> = {
    'the Pod says so': [
      disk(),
      { volume: { name: 'v', persistentVolumeClaim: { claimName: 'data', readOnly: true } } },
    ],
    'the volume says so': [{ nfs: { server: 'nas', path: '/', readOnly: true } }],
    'the claim is for readers alone': [
      disk(),
      { claim: bound('pv-1', { spec: { volumeName: 'pv-1', accessModes: ['ReadOnlyMany'] } }) },
    ],
  };
  for (const [title, [spec, options]] of Object.entries(readOnly)) {
    it(`are mounted read-only when ${title}`, async () => {
      const { containers } = await claimed(spec, options);
      assert.equal(containers.get('app')?.mounts[0]?.readOnly, true);
    });
  }

  it('are mounted as their mounts say otherwise', async () => {
    const { containers } = await claimed(disk());
    assert.equal(containers.get('app')?.mounts[0]?.readOnly, undefined);
  });

  const inZone = (key: string, ...values: string[]): VolumeSpec =>
    disk({
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values }] }] } },
    });

  it('hold the Pod when the disk is in another zone than the node, where that is known', async () => {
    for (const key of ['topology.diskplugin.csi.alibabacloud.com/zone', 'topology.kubernetes.io/zone']) {
      const spec = inZone(key, 'cn-hangzhou-h');
      const elsewhere = await claimed(spec, { zoneId: 'cn-hangzhou-i' });
      assert.match(
        elsewhere.findings.problems[0]?.message ?? '',
        /is in zone cn-hangzhou-h, and the Pod would run in cn-hangzhou-i/,
      );
      assert.deepEqual((await claimed(spec, { zoneId: 'cn-hangzhou-h' })).findings.problems, []);
      assert.deepEqual((await claimed(spec)).findings.problems, []);
    }
    assert.deepEqual((await claimed(inZone('kubernetes.io/os', 'linux'), { zoneId: 'a' })).findings.problems, []);
  });
});

describe('generic ephemeral volumes', () => {
  const volume: Volume = { name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } };
  const owned = (uid: string): PersistentVolumeClaim =>
    bound('pv-1', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid }] } });

  it('are those of the claim that was made for the Pod', async () => {
    const { volumes } = await claimed(disk(), { volume, claim: owned(aPod().metadata?.uid ?? '') });
    assert.deepEqual(volumes, [flex('alicloud/disk', { volumeId: 'd-1' }, 'ext4')]);
  });

  it('hold the Pod when somebody else has the claim', async () => {
    const { findings } = await claimed(disk(), { volume, claim: owned('another') });
    assert.match(findings.problems[0]?.message ?? '', /was not made for this Pod/);
  });
});

describe('volumes that the Pod describes itself', () => {
  const cluster = clusterObjects({ secrets });
  const cases: Readonly<Record<string, readonly [Volume, VolumeRequest]>> = {
    'an empty directory': [
      { name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
      { name: 'v', type: 'EmptyDirVolume', emptyDirVolume: { medium: 'Memory', sizeLimit: '1Gi' } },
    ],
    'a Flex volume with a Secret': [
      { name: 'v', flexVolume: { driver: 'alicloud/nas', options: { server: 'nas' }, secretRef: { name: 'options' } } },
      flex('alicloud/nas', { password: 'CANARY-flex', server: 'nas' }),
    ],
    'OSS by CSI': [
      {
        name: 'v',
        csi: {
          driver: 'ossplugin.csi.alibabacloud.com',
          volumeAttributes: { bucket: 'b', url: 'u' },
          nodePublishSecretRef: { name: 'oss' },
        },
      },
      flex('alicloud/oss', { ...keys, bucket: 'b', url: 'u' }),
    ],
    'a new disk by CSI': [
      {
        name: 'v',
        csi: {
          driver: 'diskplugin.csi.alibabacloud.com',
          volumeAttributes: { volumeSize: '50', performanceLevel: 'PL1' },
        },
      },
      flex('alicloud/disk', { performanceLevel: 'PL1', volumeSize: '50' }),
    ],
  };
  for (const [title, [volume, expected]] of Object.entries(cases)) {
    it(`translate ${title}`, async () => {
      const { volumes, findings } = await resolveWith(podWith(volume), cluster);
      assert.deepEqual([findings.problems, findings.missing], [[], []]);
      assert.deepEqual(volumes.map(revealed), [expected]);
    });
  }

  it('hold the Pod for a disk that is neither there nor to be made', async () => {
    const { findings } = await resolveWith(
      podWith({ name: 'v', csi: { driver: 'diskplugin.csi.alibabacloud.com' } }),
      cluster,
    );
    assert.match(findings.problems[0]?.message ?? '', /volumeId.*volumeSize/);
  });
});

describe('subPathExpr', () => {
  const mounted = (subPathExpr: string): Pod =>
    aPod({
      spec: {
        containers: [
          aContainer({
            env: [
              { name: 'NAME', value: 'a' },
              { name: 'UP', value: '..' },
              { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            ],
            volumeMounts: [{ name: 'v', mountPath: '/m', subPathExpr }],
          }),
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    });

  it('is expanded', async () => {
    const { containers } = await resolveWith(mounted('logs/$(NAME)'), clusterObjects());
    assert.equal(containers.get('app')?.mounts[0]?.subPath, 'logs/a');
  });

  for (const [title, expression] of Object.entries({
    'a name that is not defined': '$(NOBODY)',
    'the address of the Pod': '$(IP)',
    'a way out of the volume': 'a/$(UP)/b',
    'an absolute path': '/$(NAME)',
  })) {
    it(`holds the Pod for ${title}`, async () => {
      const { findings } = await resolveWith(mounted(expression), clusterObjects());
      assert.equal(findings.problems[0]?.key, 'spec.containers[0].volumeMounts[0].subPathExpr');
    });
  }
});
