import assert from 'node:assert/strict';
import type { Container, Pod, Service } from '../../src/kube/types.ts';
import { applyAll } from '../support/apply-all.ts';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy, ProxiedCall } from '../support/cloud-proxy.ts';
import { readCreateRequests } from '../support/create-requests.ts';
import { eventually } from '../support/eventually.ts';
import { goldenManifests, goldenRequest } from '../support/golden-request.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isCreated, isHeld, isRunning, podsWhen } from '../support/pod-report.ts';
import type { PodReport } from '../support/pod-report.ts';
import { readPod } from '../support/sandbox-pods.ts';

type PodSpec = Partial<NonNullable<Pod['spec']>>;

const image = 'nginx';
const withContainer = (container: Partial<Container>, more: PodSpec = {}): PodSpec => ({
  containers: [{ name: 'app', image, ...container }],
  ...more,
});
const mounted = (volume: NonNullable<PodSpec['volumes']>[number]): PodSpec =>
  withContainer({ volumeMounts: [{ name: volume.name, mountPath: '/data' }] }, { volumes: [volume] });
const configMap = (name: string, data: Record<string, string>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const secret = (name: string, stringData: Record<string, string>): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});
const isWaiting = (pod: PodReport): boolean =>
  pod.phase === 'Pending' && pod.waiting[0] === 'CreateContainerConfigError' && pod.events.length > 0;
const eventsOf = (pods: ReadonlyMap<string, PodReport>, name: string): string =>
  pods.get(name)?.events.join('\n') ?? assert.fail(`there is no Pod ${name}`);

describe('what a Pod refers to', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this);
    await platform.start({ flags: ['--no-image-cache-controller'] });
  });

  after(async () => await platform?.dispose());

  const create = async (specs: Readonly<Record<string, PodSpec>>): Promise<void> => {
    const { nodeName } = platform.sandbox;
    await applyAll(
      platform,
      Object.entries(specs).map(([name, spec]) => podManifest({ name, nodeName, spec })),
    );
  };

  it('and marks as optional may be missing: the Pod starts, and is told', async () => {
    await create({
      'no-secret': withContainer({
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'absent', key: 'a', optional: true } } }],
        envFrom: [{ secretRef: { name: 'absent', optional: true } }],
      }),
      'no-configmap': withContainer({
        env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'absent', key: 'a', optional: true } } }],
        envFrom: [{ configMapRef: { name: 'absent', optional: true } }],
      }),
      'no-files': mounted({ name: 'v', configMap: { name: 'absent', optional: true } }),
    });
    const pods = await podsWhen(platform, ['no-secret', 'no-configmap', 'no-files'], isRunning);
    assert.match(eventsOf(pods, 'no-secret'), /Warning OptionalSecretNotFound: Secret \S+\/absent does not exist/);
    assert.match(eventsOf(pods, 'no-configmap'), /Warning OptionalConfigMapNotFound: ConfigMap \S+\/absent does not/);
    assert.match(eventsOf(pods, 'no-files'), /Warning OptionalConfigMapNotFound/);
  });

  it('and cannot do without is waited for, without a call to the cloud; the Pod starts when it appears', async () => {
    const waiting: Readonly<Record<string, readonly [PodSpec, event: RegExp]>> = {
      'wants-secret': [
        withContainer({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'later-secret', key: 'a' } } }] }),
        /Warning MandatorySecretNotFound: Secret \S+\/later-secret does not exist/,
      ],
      'wants-configmap': [
        withContainer({ envFrom: [{ configMapRef: { name: 'later-map' } }] }),
        /Warning MandatoryConfigMapNotFound: ConfigMap \S+\/later-map does not exist/,
      ],
      'wants-key': [
        withContainer({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'half-map', key: 'late' } } }] }),
        /Warning MandatoryConfigMapKeyNotFound: key late of ConfigMap \S+\/half-map does not exist/,
      ],
      'wants-files': [
        mounted({ name: 'v', secret: { secretName: 'later-files' } }),
        /Warning MandatorySecretNotFound: Secret \S+\/later-files does not exist/,
      ],
      'wants-claim': [
        mounted({ name: 'v', persistentVolumeClaim: { claimName: 'later-claim' } }),
        /Warning PersistentVolumeClaimNotFound: PersistentVolumeClaim \S+\/later-claim does not exist/,
      ],
    };
    await applyAll(platform, [configMap('half-map', { early: '1' })]);
    await create(Object.fromEntries(Object.entries(waiting).map(([name, [spec]]) => [name, spec])));
    const names = Object.keys(waiting);
    const pods = await podsWhen(platform, names, isWaiting);
    for (const [name, [, event]] of Object.entries(waiting)) assert.match(eventsOf(pods, name), event);
    const asked = await readCreateRequests(platform.simulator);
    assert.deepEqual(
      names.filter((name) => asked.has(name)),
      [],
    );
    const { namespace } = platform.sandbox;
    await applyAll(platform, [
      secret('later-secret', { a: 'CANARY-later' }),
      configMap('later-map', { A: '1' }),
      configMap('half-map', { early: '1', late: '2' }),
      secret('later-files', { file: 'CANARY-file' }),
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `${namespace}-later` },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany'],
          storageClassName: '',
          claimRef: { namespace, name: 'later-claim' },
          nfs: { server: 'nas.example.com', path: '/' },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'later-claim' },
        spec: {
          accessModes: ['ReadWriteMany'],
          storageClassName: '',
          volumeName: `${namespace}-later`,
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ]);
    await podsWhen(platform, names, isRunning);
    await platform.kubectl(['delete', 'pv', `${namespace}-later`, '--wait=false']);
  });

  it('does not make its controller spin while it is missing: the Pod waits, and is the one that starts', async () => {
    const labels = { app: 'patient' };
    const { nodeName } = platform.sandbox;
    const spec = { nodeName, ...withContainer({ envFrom: [{ configMapRef: { name: 'patience' } }] }) };
    const workload = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
    await applyAll(platform, [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'patient' }, spec: { replicas: 1, ...workload } },
    ]);
    const pods = async (): Promise<string> =>
      await platform.kubectl(['get', 'pods', '-l', 'app=patient', '-o', 'name']);
    const first = await eventually('there is a Pod', async () => (await pods()).trim());
    await podsWhen(platform, [first.replace('pod/', '')], isWaiting);
    await applyAll(platform, [configMap('patience', { A: '1' })]);
    await podsWhen(platform, [first.replace('pod/', '')], isRunning);
    assert.equal((await pods()).trim(), first);
    await platform.kubectl(['delete', 'deployment', 'patient']);
  });

  it('is what was there when the Pod was made, also a moment after a change', async () => {
    const spec = withContainer({ args: ['$(VERSION)'], envFrom: [{ configMapRef: { name: 'versions' } }] });
    await applyAll(platform, [configMap('versions', { VERSION: 'one' })]);
    await create({ first: spec });
    await podsWhen(platform, ['first'], isCreated);
    await applyAll(platform, [configMap('versions', { VERSION: 'two' })]);
    await create({ second: spec });
    await podsWhen(platform, ['second'], isCreated);
    assert.deepEqual(await argumentsOf(['first', 'second']), { first: 'one', second: 'two' });
  });

  it('may go when the Pod runs, which does it no harm', async () => {
    await platform.kubectl(['delete', 'configmap', 'versions']);
    await platform.kubectl(['label', 'pod', 'first', 'looked=at']);
    await platform.kubectl(['annotate', 'pod', 'first', 'looked=at']);
    const pods = await podsWhen(platform, ['first'], isRunning);
    assert.doesNotMatch(eventsOf(pods, 'first'), /NotFound/);
  });

  it('is too large, or cannot be mounted: the Pod is held, and the event names file, size and limit', async () => {
    await applyAll(platform, [
      configMap('large', { 'big.conf': 'x'.repeat(33_000) }),
      configMap('two', { a: 'x'.repeat(31_000), b: 'x'.repeat(31_000) }),
    ]);
    await create({
      'large-file': mounted({ name: 'v', configMap: { name: 'large' } }),
      'large-sum': mounted({ name: 'v', configMap: { name: 'two' } }),
      'too-many-variables': withContainer({
        env: Array.from({ length: 241 }, (_, index) => ({ name: `V${index}`, value: '' })),
      }),
      'bad-sub-path': withContainer(
        { volumeMounts: [{ name: 'v', mountPath: '/data', subPathExpr: '$(NOBODY)' }] },
        { volumes: [{ name: 'v', emptyDir: {} }] },
      ),
    });
    const pods = await podsWhen(platform, ['large-file', 'large-sum', 'too-many-variables', 'bad-sub-path'], isHeld);
    assert.match(eventsOf(pods, 'large-file'), /spec\.volumes\[v\] big\.conf="33000 bytes": exceeds the 32768 bytes/);
    assert.match(eventsOf(pods, 'large-sum'), /spec\.volumes="\d+ bytes": .* 61440 bytes together/);
    assert.match(eventsOf(pods, 'too-many-variables'), /spec\.containers\[0\]\.env="241 variables": .* at most 240/);
    assert.match(eventsOf(pods, 'bad-sub-path'), /subPathExpr="\$\(NOBODY\)": refers to NOBODY/);
    const asked = await readCreateRequests(platform.simulator);
    for (const name of pods.keys()) if (isHeld(pods.get(name) ?? assert.fail())) assert.ok(!asked.has(name), name);
  });

  it('is bound to the Pod where it is a token: the annotation says when the first one ends', async () => {
    const token = { serviceAccountToken: { path: 'token', audience: 'sts.aliyuncs.com', expirationSeconds: 600 } };
    const before = Date.now();
    await create({ robot: mounted({ name: 'v', projected: { sources: [token] } }) });
    const pods = await podsWhen(platform, ['robot'], isCreated);
    const annotation = pods.get('robot')?.annotations['eci.alibabacloud.com/token-expires-at'] ?? '';
    const hours = (Date.parse(annotation) - before) / 3_600_000;
    assert.ok(hours > 23.9 && hours < 24.1, `${annotation}: the configured minimum is a day`);
  });

  async function argumentsOf(names: readonly string[]): Promise<Record<string, string>> {
    const journal = await platform.simulator.journal({ action: 'CreateContainerGroup' });
    return Object.fromEntries(
      journal
        .map(({ parameters }): [string, string] => [
          parameters['Tag.4.Value'] ?? '',
          parameters['Container.1.Arg.1'] ?? '',
        ])
        .filter(([name]) => names.includes(name)),
    );
  }
});

describe('a Pod that uses every supported field at once', function () {
  this.timeout(120_000);
  let platform: Platform;
  let proxy: CloudProxy;

  before(async function () {
    platform = await createPlatform(this);
    proxy = await startCloudProxy(platform.simulator.url);
  });

  after(async () => {
    if (platform === undefined) return;
    const { namespace } = platform.sandbox;
    await platform.dispose();
    await proxy.close();
    const volumes = ['nas', 'disk', 'oss'].map((name) => `${namespace}-${name}`);
    await platform.plane.kubectl(['delete', 'pv', ...volumes, '--ignore-not-found', '--wait=false']);
  });

  it('arrives exactly as the golden request says, and with the same bytes when the first answer was lost', async () => {
    const { namespace, nodeName } = platform.sandbox;
    await platform.simulator.addFault({ action: 'CreateContainerGroup', kind: 'reset', count: 1 });
    await platform.start({ flags: ['--no-image-cache-controller', ...proxy.flags] });
    const manifests = goldenManifests({ NAMESPACE: namespace, NODE: nodeName });
    await applyAll(platform, manifests.slice(0, -1));
    await eventually('the claims are bound', async () => {
      const phases = await platform.kubectl(['get', 'pvc', '-o', 'jsonpath={.items[*].status.phase}']);
      return phases === 'Bound Bound Bound';
    });
    await applyAll(platform, manifests.slice(-1));
    await podsWhen(platform, ['every.field'], isCreated);
    const calls = proxy.calls('CreateContainerGroup').map(businessParameters);
    assert.equal(calls.length, 2, 'one that was cut off, and one that was carried out');
    assert.deepEqual(calls[1], calls[0]);
    const sent = calls[0] ?? {};
    assert.deepEqual(sent, goldenRequest(await clusterValues(sent)));
  });

  it('has a token of its own in the request, for the audience and the Pod', async () => {
    const [sent = {}] = proxy.calls('CreateContainerGroup').map(businessParameters);
    const claims = JSON.parse(Buffer.from(tokenIn(sent).split('.')[1] ?? '', 'base64url').toString()) as {
      aud: string[];
      exp: number;
      iat: number;
      'kubernetes.io': { pod: { name: string } };
    };
    assert.deepEqual([claims.aud, claims['kubernetes.io'].pod.name], [['sts.aliyuncs.com'], 'every.field']);
    assert.equal(claims.exp - claims.iat, 86_400);
  });

  /** What the cluster decided; the token and the name of the group come out of the request itself. */
  async function clusterValues(sent: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const { client, namespace, nodeName } = platform.sandbox;
    const pod = await readPod(platform, 'every.field');
    const addressOf = async (where: string, name: string): Promise<string> =>
      (await client.get<Service>(`/api/v1/namespaces/${where}/services/${name}`)).spec?.clusterIP ?? '';
    const system = await client.get<{ metadata: { uid: string } }>('/api/v1/namespaces/kube-system');
    const authority = await client.get<{ data: Record<string, string> }>(
      `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`,
    );
    const group = sent['ContainerGroupName'] ?? '';
    assert.match(group, /^[a-z0-9][a-z0-9-]*every-field-[a-z0-9-]*[a-z0-9]$/);
    const node = await client.get<{ status: { addresses: { address: string }[] } }>(`/api/v1/nodes/${nodeName}`);
    return {
      NAMESPACE: namespace,
      NODE: nodeName,
      UID: pod?.metadata?.uid ?? '',
      CLUSTER: system.metadata.uid,
      HOST_IP: node.status.addresses[0]?.address ?? '',
      VERSION: sent['Tag.6.Value'] ?? '',
      GROUP: group,
      API_IP: await addressOf('default', 'kubernetes'),
      WEB_IP: await addressOf(namespace, 'web-front'),
      TOKEN: tokenIn(sent),
      CA: authority.data['ca.crt'] ?? '',
    };
  }
});

describe('environment and files in containers that run', function () {
  this.timeout(120_000);
  let platform: Platform;

  before(async function () {
    platform = await createPlatform(this, { runContainers: true });
    await platform.start({ flags: ['--no-image-cache-controller'] });
  });

  after(async () => await platform?.dispose());

  const output = async (name: string, spec: PodSpec, ...args: string[]): Promise<string> => {
    const { nodeName } = platform.sandbox;
    await applyAll(platform, [podManifest({ name, nodeName, spec: { restartPolicy: 'Never', ...spec } })]);
    await platform.waitFor(`${name} has ended`, `pod/${name}`, '{.status.phase}', /Succeeded|Failed/);
    return await platform.kubectl(['logs', name, ...args]);
  };

  /** Values that a careless translation would change on the way. */
  const odd: Readonly<Record<string, string>> = {
    QUOTES: `it's "quoted" and \`ticked\``,
    ESCAPES: String.raw`a\tb\\n %s %%`,
    JSON_TEXT: '{"a": ["b", {"c": null}]}',
    FRAGMENT: '; rm -rf / && $HOME ${PATH} `id` | cat > /dev/null #',
    LINES: 'one\ntwo\n\n\tthree\n',
    EMPTY: '',
    SPACES: '   ',
    LETTERS: 'ä € 漢 😀',
  };
  const printed = `node -e "console.log(JSON.stringify(process.env))"`;

  it('are those of ConfigMaps and Secrets, byte for byte', async () => {
    await applyAll(platform, [configMap('odd-map', odd), secret('odd-secret', { ...odd, KEY: 'from the secret' })]);
    const text = await output(
      'odd',
      withContainer({
        command: ['sh', '-c', printed],
        envFrom: [
          { prefix: 'M_', configMapRef: { name: 'odd-map' } },
          { prefix: 'S_', secretRef: { name: 'odd-secret' } },
        ],
      }),
    );
    const seen = JSON.parse(text) as Record<string, string>;
    for (const [name, value] of Object.entries(odd)) {
      assert.equal(seen[`M_${name}`], value, `ConfigMap ${name}`);
      assert.equal(seen[`S_${name}`], value, `Secret ${name}`);
    }
  });

  it('expand as by kubelet, and know the Services and the size of the group', async () => {
    const text = await output(
      'expanded',
      withContainer({
        command: ['sh', '-c', `echo "$@"; ${printed}`, 'sh'],
        args: ['$(GREETING)', '$$(GREETING)', '$(NOBODY)', '$(KUBERNETES_SERVICE_PORT_HTTPS)'],
        env: [
          { name: 'NAME', value: 'world' },
          { name: 'GREETING', value: 'hello $(NAME)' },
          { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          { name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        ],
      }),
    );
    const [line, json = '{}'] = text.split('\n');
    assert.equal(line, 'hello world $(GREETING) $(NOBODY) 443');
    const seen = JSON.parse(json) as Record<string, string>;
    assert.equal(seen['CPUS'], '2', 'a Pod that says nothing gets 2 vCPU');
    assert.equal(seen['ADDRESS'], await platform.kubectl(['get', 'pod', 'expanded', '-o', 'jsonpath={.status.podIP}']));
    assert.ok(seen['KUBERNETES_SERVICE_HOST']);
  });

  it('are files with their content, mode and place, in whatever order they are mounted', async () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\nAAAA\n-----END CERTIFICATE-----\n';
    await applyAll(platform, [
      configMap('files', { 'app.conf': 'first\nsecond\n', 'ca.pem': certificate }),
      secret('hidden', { password: 'from the secret' }),
    ]);
    const script = [
      'cat /etc/app/app.conf',
      'cat /all/ca.pem',
      'cat /hidden/deep/password; echo',
      'stat -L -c %a /hidden/deep/password /all/name',
      'cat /all/name; echo',
      'ls /empty | wc -l',
      'echo shared > /one/x; cat /one/x; ls /two | wc -l',
    ].join('\n');
    const mounts = [
      { name: 'two', mountPath: '/two' },
      { name: 'all', mountPath: '/all' },
      { name: 'files', mountPath: '/etc/app/app.conf', subPath: 'app.conf' },
      { name: 'hidden', mountPath: '/hidden' },
      { name: 'empty', mountPath: '/empty' },
      { name: 'one', mountPath: '/one' },
    ];
    const volumes: PodSpec['volumes'] = [
      { name: 'one', emptyDir: {} },
      { name: 'two', emptyDir: {} },
      { name: 'files', configMap: { name: 'files' } },
      {
        name: 'hidden',
        secret: { secretName: 'hidden', items: [{ key: 'password', path: 'deep/password', mode: 0o400 }] },
      },
      {
        name: 'all',
        projected: {
          sources: [
            { configMap: { name: 'files', items: [{ key: 'ca.pem', path: 'ca.pem' }] } },
            { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
          ],
        },
      },
      { name: 'empty', configMap: { name: 'absent', optional: true } },
    ];
    const command = ['sh', '-c', script];
    const text = await output(
      'files',
      {
        containers: [
          { name: 'app', image, command, volumeMounts: mounts },
          { name: 'other', image, command, volumeMounts: mounts.toReversed() },
        ],
        volumes,
      },
      '-c',
      'app',
    );
    const expected = `first\nsecond\n${certificate}from the secret\n400\n644\nfiles\n0\nshared\n0\n`;
    assert.equal(text, expected);
    assert.equal(await platform.kubectl(['logs', 'files', '-c', 'other']), expected);
  });
});

/** What the product asks for, without what the transport adds to each call. */
function businessParameters({ parameters }: ProxiedCall): Record<string, string> {
  return Object.fromEntries([...parameters].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function tokenIn(sent: Readonly<Record<string, string>>): string {
  return Buffer.from(sent['Volume.4.ConfigFileVolume.ConfigFileToPath.1.Content'] ?? '', 'base64').toString();
}
