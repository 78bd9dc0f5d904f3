import assert from 'node:assert/strict';
import { parsePodAnnotations } from '../../../../src/annotations/parse-pod-annotations.ts';
import { containerGroupName } from '../../../../src/eci/identity/container-group-name.ts';
import { ownershipTags } from '../../../../src/eci/identity/ownership-tags.ts';
import { buildContainerGroupRequest } from '../../../../src/eci/request/build-request.ts';
import type { CreateContainerGroupRequest } from '../../../../src/alibaba/eci-requests.ts';
import type { Pod } from '../../../../src/kube/types.ts';
import { Secret } from '../../../../src/secret.ts';
import { aContainer, aPod, aTokenVolume } from '../../../support/pod-builder.ts';
import { clusterObjects } from '../../../support/cluster-objects.ts';
import { testConfig } from '../provider-setup.ts';
import { resolveWith } from '../resolve-with.ts';

const password = { server: 'registry.example.com', userName: 'cr', password: new Secret('p') };

async function build(pod: Pod, annotations: Record<string, string> = {}): Promise<CreateContainerGroupRequest> {
  const resolved = await resolveWith(pod, clusterObjects());
  const parsed = parsePodAnnotations(annotations);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return buildContainerGroupRequest({
    pod,
    attempt: 1,
    intent: parsed.intent,
    credentials: { imageRegistryCredentials: [password], acrRegistryInfos: [{ arnService: 'acs:ram::1:role/a' }] },
    size: { cpu: 2, memory: 4 },
    resolved,
    config: testConfig,
  });
}

const everything = aPod({
  name: 'web.0',
  spec: {
    containers: [
      aContainer({
        image: 'registry.example.com/app:1',
        imagePullPolicy: 'IfNotPresent',
        command: ['run', '--name=$(NAME)'],
        args: ['$$(NAME)'],
        workingDir: '/srv',
        resources: { limits: { cpu: '1500m', memory: '3Gi' } },
        env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        volumeMounts: [
          { name: 'cache', mountPath: '/cache', subPathExpr: '$(NAME)' },
          { name: 'share', mountPath: '/share', readOnly: true, mountPropagation: 'HostToContainer' },
          { name: aTokenVolume().name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
        ],
        livenessProbe: { httpGet: { path: '/live', port: 'http', scheme: 'HTTP' }, initialDelaySeconds: 5 },
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 3, successThreshold: 2 },
        startupProbe: { exec: { command: ['true'] }, periodSeconds: 10, failureThreshold: 30 },
        lifecycle: {
          postStart: { exec: { command: ['warm-up'] } },
          preStop: { httpGet: { path: '/stop', port: 'http', httpHeaders: [{ name: 'X-A', value: 'b' }] } },
        },
        securityContext: { readOnlyRootFilesystem: true, capabilities: { add: ['NET_ADMIN'] } },
        stdin: true,
        tty: true,
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      }),
    ],
    initContainers: [
      aContainer({
        name: 'prepare',
        image: 'registry.example.com/prepare:1',
        command: ['prepare'],
        securityContext: { privileged: true },
        stdin: true,
        stdinOnce: true,
        tty: true,
      }),
    ],
    volumes: [
      { name: 'cache', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } },
      { name: 'share', nfs: { server: 'nas.example.com', path: '/a' } },
      { name: 'nobody-mounts-it', emptyDir: {} },
      aTokenVolume(),
    ],
    restartPolicy: 'OnFailure',
    terminationGracePeriodSeconds: 60,
    activeDeadlineSeconds: 3600,
    shareProcessNamespace: true,
    hostAliases: [{ ip: '10.1.1.1', hostnames: ['db'] }],
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 2000,
      runAsNonRoot: true,
      sysctls: [
        { name: 'net.ipv4.tcp_syncookies', value: '1' },
        { name: 'net.core.somaxconn', value: '1024' },
      ],
    },
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    dnsPolicy: 'Default',
  },
});

describe('buildContainerGroupRequest', () => {
  it('translates a Pod that uses everything that needs no cluster', async () => {
    const identity = {
      clusterId: 'cluster-1',
      namespace: 'default',
      name: 'web.0',
      uid: everything.metadata?.uid ?? '',
      fixedIp: false,
    };
    const expected: CreateContainerGroupRequest = {
      regionId: 'cn-hangzhou',
      containerGroupName: containerGroupName(identity),
      clientToken: `${identity.uid}-c1`,
      vSwitchId: 'vsw-z',
      scheduleStrategy: 'VSwitchOrdered',
      securityGroupId: 'sg-a',
      hostName: 'web.0',
      cpuArchitecture: 'ARM64',
      cpu: 2,
      memory: 4,
      restartPolicy: 'OnFailure',
      terminationGracePeriodSeconds: 60,
      activeDeadlineSeconds: 3600,
      shareProcessNamespace: true,
      autoMatchImageCache: true,
      dnsPolicy: 'Default',
      hostAliase: [{ ip: '10.1.1.1', hostname: ['db'] }],
      securityContext: { sysctl: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] },
      hostSecurityContext: { sysctl: [{ name: 'net.core.somaxconn', value: '1024' }] },
      container: [
        {
          name: 'app',
          image: 'registry.example.com/app:1',
          imagePullPolicy: 'IfNotPresent',
          command: ['run', '--name=web.0'],
          arg: ['$(NAME)'],
          workingDir: '/srv',
          cpu: 1.5,
          memory: 3,
          environmentVar: [{ key: 'NAME', value: 'web.0' }],
          port: [{ port: 8080, protocol: 'TCP' }],
          volumeMount: [
            { name: 'cache', mountPath: '/cache', subPath: 'web.0' },
            { name: 'share', mountPath: '/share', readOnly: true, mountPropagation: 'HostToCotainer' },
            { name: aTokenVolume().name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
          ],
          livenessProbe: { httpGet: { path: '/live', port: 8080, scheme: 'HTTP' }, initialDelaySeconds: 300 },
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 3, successThreshold: 1 },
          lifecyclePostStartHandlerExec: ['warm-up'],
          lifecyclePreStopHandlerHttpGetPath: '/stop',
          lifecyclePreStopHandlerHttpGetPort: 8080,
          lifecyclePreStopHandlerHttpGetHttpHeader: [{ name: 'X-A', value: 'b' }],
          securityContext: { runAsUser: 1000, readOnlyRootFilesystem: true, capability: { add: ['NET_ADMIN'] } },
          securityContextRunAsGroup: 2000,
          securityContextRunAsNonRoot: true,
          stdin: true,
          tty: true,
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      initContainer: [
        {
          name: 'prepare',
          image: 'registry.example.com/prepare:1',
          command: ['prepare'],
          securityContext: { runAsUser: 1000 },
        },
      ],
      volume: [
        { name: 'cache', type: 'EmptyDirVolume', emptyDirVolume: { medium: 'Memory', sizeLimit: '256Mi' } },
        { name: 'share', type: 'NFSVolume', nfsVolume: { server: 'nas.example.com', path: '/a' } },
        {
          name: aTokenVolume().name,
          type: 'ConfigFileVolume',
          configFileVolume: {
            defaultMode: 644,
            configFileToPath: [
              { path: 'token', content: new Secret(Buffer.from('token-of-the-pod').toString('base64')) },
              { path: 'ca.crt', content: Buffer.from('CERTIFICATE').toString('base64') },
              { path: 'namespace', content: Buffer.from('default').toString('base64') },
            ],
          },
        },
      ],
      imageRegistryCredential: [password],
      acrRegistryInfo: [{ arnService: 'acs:ram::1:role/a' }],
      tag: ownershipTags({ ...testConfig, namespace: 'default', podName: 'web.0', uid: identity.uid }, [
        { key: 'env', value: 'test' },
      ]),
    };
    assert.deepEqual(
      await build(everything, {
        'k8s.aliyun.com/eci-vswitch': 'vsw-z',
        'k8s.aliyun.com/eci-schedule-strategy': 'VSwitchOrdered',
        'k8s.aliyun.com/eci-custom-tags': 'env:test',
      }),
      expected,
    );
  });

  it('gives the same bytes for the same input', async () => {
    assert.equal(JSON.stringify(await build(everything)), JSON.stringify(await build(structuredClone(everything))));
  });

  it('keeps the group name of the predecessor when the address is to be kept', async () => {
    const annotations = { 'k8s.aliyun.com/eci-fixed-ip': 'true', 'k8s.aliyun.com/eci-vswitch': 'vsw-z' };
    const first = (await build(aPod({ uid: 'one' }), annotations)).containerGroupName;
    assert.equal((await build(aPod({ uid: 'two' }), annotations)).containerGroupName, first);
    assert.notEqual((await build(aPod({ uid: 'two' }))).containerGroupName, first);
  });
});
