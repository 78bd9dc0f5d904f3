import assert from 'node:assert/strict';
import { admissionRules } from '../../src/eci/admission/admit-pod.ts';
import type { Container, Pod, Volume } from '../../src/kube/types.ts';
import { applyAll } from '../support/apply-all.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isHeld, isRunning, podsWhen, readPods } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';

interface Unsupported {
  spec: Partial<NonNullable<Pod['spec']>>;
  /** Start of the event: the path of the field and the value. */
  names: string;
  says: RegExp;
}

const inContainer = (members: Partial<Container>): Unsupported['spec'] => ({
  containers: [{ name: 'app', image: 'nginx', ...members }],
});

const withVolume = (members: Partial<Volume>): Unsupported['spec'] => ({
  containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
  volumes: [{ name: 'data', ...members }],
});

const count = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

const noHost = /a container group has no host to share; remove the field, or run the Pod on an ordinary node/;

/** What holds a Pod, by the name of the rule. */
const unsupported: Readonly<Record<string, Unsupported>> = {
  hostNetwork: { spec: { hostNetwork: true }, names: 'spec.hostNetwork="true"', says: noHost },
  hostPID: { spec: { hostPID: true }, names: 'spec.hostPID="true"', says: noHost },
  hostIPC: { spec: { hostIPC: true }, names: 'spec.hostIPC="true"', says: noHost },
  containerCount: {
    spec: { containers: count(21, (index) => ({ name: `c${index}`, image: 'nginx' })) },
    names: 'spec.containers="21"',
    says: /at most 20 containers, init included/,
  },
  volumeCount: {
    spec: {
      ...inContainer({ volumeMounts: count(21, (index) => ({ name: `v${index}`, mountPath: `/v${index}` })) }),
      volumes: count(21, (index) => ({ name: `v${index}`, emptyDir: {} })),
    },
    names: 'spec.volumes="2',
    says: /at most 20 volumes/,
  },
  reservedPort: {
    spec: inContainer({ ports: [{ containerPort: 10250 }] }),
    names: 'spec.containers[0].ports[0].containerPort="10250"',
    says: /ECI reserves ports 111, 998, 10250 and 10255 in every group; choose another/,
  },
  portProtocol: {
    spec: inContainer({ ports: [{ containerPort: 9000, protocol: 'SCTP' }] }),
    names: 'spec.containers[0].ports[0].protocol="SCTP"',
    says: /TCP and UDP ports only; remove the port/,
  },
  emptyDirMedium: {
    spec: {
      ...withVolume({ emptyDir: { medium: 'HugePages' } }),
      containers: [
        {
          name: 'app',
          image: 'nginx',
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          resources: { limits: { 'hugepages-2Mi': '4Mi', cpu: '1', memory: '1Gi' } },
        },
      ],
    },
    names: 'spec.volumes[0].emptyDir.medium="HugePages"',
    says: /no huge pages; use the medium Memory or none/,
  },
  privileged: {
    spec: inContainer({ securityContext: { privileged: true } }),
    names: 'spec.containers[0].securityContext.privileged="true"',
    says: /only for invited accounts; remove it/,
  },
  hugepages: {
    spec: inContainer({ resources: { limits: { 'hugepages-2Mi': '4Mi', cpu: '1', memory: '1Gi' } } }),
    names: 'spec.containers[0].resources="hugepages-2Mi"',
    says: /no huge pages; remove the resource/,
  },
  namedPort: {
    spec: inContainer({ livenessProbe: { tcpSocket: { port: 'nowhere' } } }),
    names: 'spec.containers[0].livenessProbe.tcpSocket.port="nowhere"',
    says: /names a port that its container does not declare; use the number/,
  },
  hostPath: {
    spec: withVolume({ hostPath: { path: '/var/log' } }),
    names: 'spec.volumes[0].hostPath="/var/log"',
    says: /a container group has no host; only a data cache can be mounted by path/,
  },
  flexVolume: {
    spec: withVolume({ flexVolume: { driver: 'example/cifs' } }),
    names: 'spec.volumes[0].flexVolume="example/cifs"',
    says: /ECI has the drivers alicloud\/disk, alicloud\/nas, alicloud\/oss/,
  },
  csiVolume: {
    spec: withVolume({ csi: { driver: 'inline.example.com' } }),
    names: 'spec.volumes[0].csi.driver="inline.example.com"',
    says: /ECI mounts volumes of the drivers diskplugin\.csi\.alibabacloud\.com/,
  },
  volumeType: {
    spec: withVolume({ iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:a', lun: 0 } }),
    names: 'spec.volumes[0].iscsi="data"',
    says: /is a volume type that ECI cannot mount/,
  },
  referenceCount: {
    spec: inContainer({ envFrom: count(300, (index) => ({ configMapRef: { name: `m${index}` } })) }),
    // Those of the injected token volume are among them.
    names: 'spec="302"',
    says: /refers to more than 256 ConfigMaps, Secrets and claims/,
  },
  volumeDevices: {
    spec: {
      containers: [{ name: 'app', image: 'nginx', volumeDevices: [{ name: 'data', devicePath: '/dev/xvda' }] }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'disk' } }],
    },
    names: 'spec.containers[0].volumeDevices[0]="data"',
    says: /no block devices; mount the volume as a file system/,
  },
};

/** Tried on their own, or out of reach: this API server drops the field, or admits no value that is refused. */
const elsewhere = ['daemonSet', 'hostUsers', 'resourceClaims', 'containerResourceClaims', 'sidecarContainers'];
const outOfReach = [...elsewhere, 'grpcProbe', 'envFieldRef', 'envSource', 'projectedVolume'];

const nameOf = (rule: string): string => rule.toLowerCase();

describe('a Pod that ECI cannot run', function () {
  this.timeout(90_000);
  let platform: Platform;
  let pods: Map<string, PodReport>;
  const pod = (name: string): PodReport => pods.get(name) ?? assert.fail(`there is no Pod ${name}`);

  before(async function () {
    platform = await createPlatform(this);
    await platform.start({ flags: ['--no-image-cache-controller'] });
    const { nodeName } = platform.sandbox;
    const hosts = count(11, (index) => `registry-${index}.example.com`);
    await applyAll(platform, [
      ...Object.entries(unsupported).map(([rule, { spec }]) => podManifest({ name: nameOf(rule), nodeName, spec })),
      daemonSet('everywhere'),
      podManifest({ name: 'bad-reference', nodeName, images: ['https://harbor.example.com/team/app:v1'] }),
      podManifest({
        name: 'annotation-and-field',
        nodeName,
        annotations: { 'eci-with-eip': 'please' },
        spec: { hostNetwork: true },
      }),
      dockerConfig('many', hosts),
      ...[10, 11].map((length) =>
        podManifest({
          name: `credentials-${length}`,
          nodeName,
          spec: {
            imagePullSecrets: [{ name: 'many' }],
            containers: hosts
              .slice(0, length)
              .map((host, index) => ({ name: `c${index}`, image: `${host}/team/app:v1` })),
          },
        }),
      ),
    ]);
    const held = [...Object.keys(unsupported).map(nameOf), 'bad-reference', 'annotation-and-field', 'credentials-11'];
    pods = await podsWhen(platform, held, isHeld);
  });

  after(async () => {
    if (platform === undefined) return;
    await platform.kubectl(['delete', 'daemonsets', '--all', '--ignore-not-found']);
    await platform.dispose();
  });

  it('is tried for every rule of the admission table that holds Pods', () => {
    const tried = new Set([...Object.keys(unsupported), ...outOfReach]);
    assert.deepEqual(
      admissionRules
        .filter(({ policy }) => policy === 'hold')
        .flatMap(({ field }) => (tried.has(field) ? [] : [field])),
      [],
    );
  });

  for (const [rule, { names, says }] of Object.entries(unsupported)) {
    it(`is held because of ${rule}, and the event names the field`, () => {
      const { events, message } = pod(nameOf(rule));
      const event = events.find((text) => text.startsWith(`Warning UnsupportedPodSpec: ${names}`));
      assert.match(event ?? assert.fail(events.join('\n')), says);
      assert.match(message, says);
    });
  }

  it('is held when it is one of a DaemonSet, which is told how to leave the node out', async () => {
    const [seen] = await eventually('the Pod of the DaemonSet is held', async () => {
      const found = [...(await readPods(platform)).values()].filter(({ name }) => name.startsWith('everywhere-'));
      return found.length === 1 && found.every(isHeld) ? found : undefined;
    });
    assert.match(
      seen?.events.join('\n') ?? '',
      /Warning DaemonSetNotSupported: metadata\.ownerReferences="DaemonSet everywhere": a DaemonSet makes no sense on a virtual node; exclude the node by node affinity on the label type=virtual-kubelet/,
    );
  });

  it('is held when an image is no reference', () => {
    assert.match(
      pod('bad-reference').events.join('\n'),
      /Warning ImageCredentialsFailed: The registry cannot be told: image reference "https:\/\/harbor\.example\.com\/team\/app:v1" must not begin with a scheme; write the host name alone\. Correct the image in the spec\.$/m,
    );
  });

  it('is held when it needs more than ten credentials, with the count', () => {
    assert.match(
      pod('credentials-11').events.join('\n'),
      /Warning ImageCredentialsFailed: The object needs 11 registry credentials, and ECI takes at most 10\./,
    );
  });

  it('is told everything at once when an annotation is bad, too', () => {
    const events = pod('annotation-and-field').events.join('\n');
    assert.match(events, /Warning InvalidAnnotation: k8s\.aliyun\.com\/eci-with-eip="please"/);
    assert.match(events, /Warning UnsupportedPodSpec: spec\.hostNetwork="true"/);
  });

  it('costs no call to any service; ten credentials go out', async () => {
    const request = await eventually('the Pod with ten credentials is created', async () =>
      (await readCreateRequests(platform.simulator)).get('credentials-10'),
    );
    assert.equal(request.servers.length, 10);
    // The process asks once which account it belongs to, whatever Pods there are.
    const calls = (await platform.simulator.journal()).filter(
      ({ action }) => !action.startsWith('Describe') && action !== 'GetCallerIdentity',
    );
    assert.deepEqual(
      calls.map(({ action }) => action),
      ['CreateContainerGroup'],
    );
  });
});

describe('a Pod with fields that ECI ignores', function () {
  this.timeout(60_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
    await platform.start({
      flags: ['--no-image-cache-controller', '--unsupported-field-policies', 'hostNetwork=warn'],
    });
  });

  after(async () => await platform?.dispose());

  it('runs, with a Warning for each of them', async () => {
    const { nodeName } = platform.sandbox;
    const spec: Unsupported['spec'] = {
      securityContext: { fsGroup: 1000, supplementalGroups: [2000] },
      hostNetwork: true,
      setHostnameAsFQDN: true,
      containers: [
        {
          name: 'app',
          image: 'nginx',
          ports: [{ containerPort: 80, hostPort: 80 }],
          env: [{ name: 'with.dots', value: '1' }],
          securityContext: { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
          startupProbe: { httpGet: { path: '/', port: 80, host: '10.0.0.1' } },
          livenessProbe: {
            httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'X-Token', value: 'said-to-nobody' }] },
          },
        },
      ],
    };
    await platform.kubectl(['create', '-f', '-'], JSON.stringify(podManifest({ name: 'ignored', nodeName, spec })));
    const pods = await podsWhen(platform, ['ignored'], isRunning);
    const events = pods.get('ignored')?.events.join('\n') ?? '';
    const fields = [
      ...['spec.securityContext.fsGroup (1000)', 'spec.securityContext.supplementalGroups ([2000])'],
      ...['spec.setHostnameAsFQDN (true)', 'spec.containers[0].ports[0].hostPort (80)', 'spec.hostNetwork (true)'],
      ...['spec.containers[0].env[0].name (with.dots)', 'spec.containers[0].securityContext.capabilities.drop (ALL)'],
      ...['spec.containers[0].securityContext.seccompProfile', 'spec.containers[0].startupProbe (set)'],
      ...['spec.containers[0].startupProbe.httpGet.host (10.0.0.1)'],
      ...['spec.containers[0].livenessProbe.httpGet.httpHeaders (X-Token)'],
    ];
    assert.doesNotMatch(events, /said-to-nobody/, 'values of headers may be credentials');
    for (const field of fields)
      assert.ok(events.includes(`Warning UnsupportedPodSpec: ${field}`), `${field}\n${events}`);
  });
});

function daemonSet(name: string): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'nginx' }] } },
    },
  };
}

function dockerConfig(name: string, hosts: readonly string[]): object {
  const auths = Object.fromEntries(hosts.map((host) => [host, { username: 'robot', password: 'CANARY-many' }]));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
  };
}
