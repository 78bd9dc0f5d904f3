import assert from 'node:assert/strict';
import { admissionRules, admitPod } from '../../../../src/eci/admission/admit-pod.ts';
import type { Container, Pod, Volume } from '../../../../src/kube/types.ts';
import { aContainer, aPod, aTokenVolume } from '../../../support/pod-builder.ts';

const withContainer = (container: Partial<Container>): Pod => aPod({ spec: { containers: [aContainer(container)] } });
const withInit = (init: Partial<Container>, securityContext: NonNullable<Pod['spec']>['securityContext'] = {}): Pod =>
  aPod({ spec: { initContainers: [aContainer({ name: 'init', ...init })], securityContext } });
const withVolume = (volume: Volume): Pod => aPod({ spec: { volumes: [volume] } });
const withEnv = (env: NonNullable<Container['env']>[number]): Pod => withContainer({ env: [env] });
const dataCache = { dataCache: false };

describe('admitPod', () => {
  const held: Readonly<Record<string, readonly [Pod, path: string]>> = {
    hostNetwork: [aPod({ spec: { hostNetwork: true } }), 'spec.hostNetwork'],
    hostPID: [aPod({ spec: { hostPID: true } }), 'spec.hostPID'],
    hostIPC: [aPod({ spec: { hostIPC: true } }), 'spec.hostIPC'],
    hostUsers: [aPod({ spec: { hostUsers: false } }), 'spec.hostUsers'],
    'a hostPath volume': [withVolume({ name: 'v', hostPath: { path: '/var' } }), 'spec.volumes[0].hostPath'],
    'a privileged container': [
      withContainer({ securityContext: { privileged: true } }),
      'spec.containers[0].securityContext.privileged',
    ],
    'a sidecar init container': [
      aPod({ spec: { initContainers: [aContainer({ name: 's', restartPolicy: 'Always' })] } }),
      'spec.initContainers[0].restartPolicy',
    ],
    'resource claims': [aPod({ spec: { resourceClaims: [{ name: 'c' }] } }), 'spec.resourceClaims'],
    'claims of a container': [
      withContainer({ resources: { claims: [{ name: 'c' }] } }),
      'spec.containers[0].resources.claims',
    ],
    'huge pages': [
      withContainer({ resources: { limits: { 'hugepages-2Mi': '4Mi' } } }),
      'spec.containers[0].resources',
    ],
    'more than 20 containers': [
      aPod({ spec: { containers: Array.from({ length: 21 }, (_, index) => aContainer({ name: `c${index}` })) } }),
      'spec.containers',
    ],
    'a reserved port': [
      withContainer({ ports: [{ containerPort: 10250 }] }),
      'spec.containers[0].ports[0].containerPort',
    ],
    'an SCTP port': [
      withContainer({ ports: [{ containerPort: 80, protocol: 'SCTP' }] }),
      'spec.containers[0].ports[0].protocol',
    ],
    'a volume of huge pages': [
      withVolume({ name: 'v', emptyDir: { medium: 'HugePages-2Mi' } }),
      'spec.volumes[0].emptyDir.medium',
    ],
    'a gRPC probe': [withContainer({ livenessProbe: { grpc: { port: 1 } } }), 'spec.containers[0].livenessProbe.grpc'],
    'a port name that is not declared': [
      withContainer({ readinessProbe: { httpGet: { port: 'http' } } }),
      'spec.containers[0].readinessProbe.httpGet.port',
    ],
    'a source of variables that is not known': [
      withEnv({ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'p', key: 'k' } } }),
      'spec.containers[0].env[0].valueFrom.fileKeyRef',
    ],
    'a field that no variable can have': [
      withEnv({ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.priority' } } }),
      'spec.containers[0].env[0].valueFrom.fieldRef',
    ],
    'a block device': [
      withContainer({ volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] }),
      'spec.containers[0].volumeDevices[0]',
    ],
    'a projected trust bundle': [
      withVolume({ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'ca.pem' } }] } }),
      'spec.volumes[0].projected.sources[0]',
    ],
    'an unknown CSI driver': [
      withVolume({ name: 'v', csi: { driver: 'secrets-store.csi.k8s.io' } }),
      'spec.volumes[0].csi.driver',
    ],
    'thousands of ConfigMaps': [
      withContainer({
        envFrom: Array.from({ length: 5000 }, (_, index) => ({ configMapRef: { name: `m${index}` } })),
      }),
      'spec',
    ],
    'an unknown flex driver': [withVolume({ name: 'v', flexVolume: { driver: 'x/y' } }), 'spec.volumes[0].flexVolume'],
    'another volume type': [
      withVolume({ name: 'v', iscsi: { iqn: 'i', lun: 0, targetPortal: 't' } }),
      'spec.volumes[0].iscsi',
    ],
  };
  for (const [title, [pod, path]] of Object.entries(held)) {
    it(`holds a Pod with ${title} and names the field`, () => {
      const { problems } = admitPod(pod, dataCache);
      assert.deepEqual(
        problems.map((problem) => problem.key),
        [path],
      );
    });
  }

  const warned: Readonly<Record<string, Pod>> = {
    startupProbe: withContainer({ startupProbe: { tcpSocket: { port: 80 } } }),
    'probe headers': withContainer({
      livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'Authorization', value: 'Bearer hidden' }] } },
    }),
    'probe host': withContainer({ livenessProbe: { httpGet: { port: 80, host: 'other' } } }),
    fsGroup: aPod({ spec: { securityContext: { fsGroup: 1 } } }),
    supplementalGroups: aPod({ spec: { securityContext: { supplementalGroups: [1] } } }),
    runtimeClass: aPod({ spec: { runtimeClassName: 'gvisor' } }),
    seccomp: aPod({ spec: { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } } }),
    'dropped capabilities': withContainer({ securityContext: { capabilities: { drop: ['ALL'] } } }),
    hostPort: withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] }),
    'more than one success of a probe': withContainer({
      readinessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 },
    }),
    procMount: withContainer({ securityContext: { procMount: 'Unmasked' } }),
    'the group of an init container': withInit({ securityContext: { runAsGroup: 1 } }),
    'the group of the Pod and an init container': withInit({}, { runAsGroup: 1 }),
    'an init container that must not be root': withInit({}, { runAsNonRoot: true }),
    'names of variables that ECI does not take': withEnv({ name: 'a.b', value: '1' }),
    'references to the Pod IP': withContainer({
      env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
      args: ['--listen=$(IP)'],
    }),
  };
  for (const [title, pod] of Object.entries(warned)) {
    it(`goes on with ${title} and says so once`, () => {
      const { problems, notes } = admitPod(pod, dataCache);
      assert.deepEqual(problems, []);
      assert.equal(notes.length, 1);
      assert.doesNotMatch(notes[0]?.message ?? '', /hidden/);
    });
  }

  const silent: Readonly<Record<string, Pod>> = {
    'allowPrivilegeEscalation: false': withContainer({ securityContext: { allowPrivilegeEscalation: false } }),
    'a terminal of an init container': withInit({ stdin: true, tty: true }),
    'an init container with a user who is not root': withInit({}, { runAsNonRoot: true, runAsUser: 1000 }),
    'the default procMount': withContainer({ securityContext: { procMount: 'Default' } }),
    'one success of a probe': withContainer({ readinessProbe: { tcpSocket: { port: 80 }, successThreshold: 1 } }),
  };
  for (const [title, pod] of Object.entries(silent)) {
    it(`goes on silently with ${title}`, () => {
      assert.deepEqual(admitPod(pod, dataCache), { problems: [], reason: 'UnsupportedPodSpec', notes: [] });
    });
  }

  it('tells what is ignored silently where that is configured', () => {
    const pod = withContainer({ securityContext: { allowPrivilegeEscalation: false } });
    const { problems } = admitPod(pod, dataCache, { allowPrivilegeEscalation: 'hold' });
    assert.equal(problems[0]?.key, 'spec.containers[0].securityContext.allowPrivilegeEscalation');
  });

  it('holds Pods of a DaemonSet for a reason of its own', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'x' };
    const { problems, reason } = admitPod(aPod({ metadata: { ownerReferences: [owner] } }), dataCache);
    assert.equal(problems.length, 1);
    assert.equal(reason, 'DaemonSetNotSupported');
  });

  it('has nothing to say about an ordinary Pod with its injected token', () => {
    const pod = aPod({
      spec: {
        containers: [aContainer({ volumeMounts: [{ name: aTokenVolume().name, mountPath: '/t' }] })],
        volumes: [aTokenVolume()],
      },
    });
    assert.deepEqual(admitPod(pod, dataCache), { problems: [], reason: 'UnsupportedPodSpec', notes: [] });
  });

  it('lets a host path pass for a data cache', () => {
    const pod = withVolume({ name: 'v', hostPath: { path: '/models' } });
    assert.deepEqual(admitPod(pod, { dataCache: true }).problems, []);
  });

  it('follows configured policies', () => {
    const pod = aPod({ spec: { hostNetwork: true, runtimeClassName: 'gvisor' } });
    const lenient = admitPod(pod, dataCache, { hostNetwork: 'warn', runtimeClass: 'ignore' });
    assert.deepEqual(lenient.problems, []);
    assert.equal(lenient.notes.length, 1);
    assert.equal(admitPod(pod, dataCache, { runtimeClass: 'hold' }).problems.length, 2);
  });

  it('names each rule once', () => {
    const fields = admissionRules.map((rule) => rule.field);
    assert.equal(new Set(fields).size, fields.length);
  });
});
