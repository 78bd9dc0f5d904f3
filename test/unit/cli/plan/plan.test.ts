import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordingIo } from '../recording-io.ts';

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata:
      annotations:
        k8s.aliyun.com/acr-instance-ids: cri-abc
        k8s.aliyun.com/acr-service-arns: acs:ram::1111111111111111:role/assume
        k8s.aliyun.com/acr-user-arns: acs:ram::2222222222222222:role/acr
    spec:
      containers:
        - name: web
          image: demo-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1.0
          env: [{name: DB_PASSWORD, value: hunter2}]
        - {name: proxy, image: nginx}
`;

const broken = `
apiVersion: v1
kind: Pod
metadata:
  name: bad
  annotations:
    k8s.aliyun.com/acr-user-arns: acs:ram::2222222222222222:role/acr
spec:
  hostNetwork: true
  containers:
    - {name: x, image: "Bad Image"}
`;

async function plan(argv: string[], stdin: string) {
  const io = recordingIo(['plan', '-f', '-', ...argv], { stdin });
  const code = await runProgram(io);
  return { code, out: io.out(), err: io.err() };
}

interface Report {
  objects: { object: string; hosts: { host: string; chains: string[][] }[]; request: Record<string, unknown> }[];
}

describe('plan', () => {
  it('gives Pods the architecture of the node', async () => {
    const { out } = await plan(['--architecture', 'arm64', '--output', 'json'], deployment);
    const report: Report = JSON.parse(out);
    assert.equal(report.objects[0]?.request['CpuArchitecture'], 'ARM64');
  });

  it('shows per host the chain, and the request without secrets', async () => {
    const { code, out } = await plan(['-o', 'json', '--credential-delivery', 'resolve'], deployment);
    assert.equal(code, 0);
    const [object] = (JSON.parse(out) as Report).objects;
    assert.equal(object?.object, 'Deployment/web');
    assert.deepEqual(
      object?.hosts.map(({ host, chains }) => [host, chains]),
      [
        [
          'demo-registry.cn-hangzhou.cr.aliyuncs.com',
          [
            [
              'own identity',
              'role assume of 1111111111111111',
              'role acr of 2222222222222222',
              'instance cri-abc in cn-hangzhou',
            ],
          ],
        ],
        ['docker.io', []],
      ],
    );
    const credentials = object?.request['ImageRegistryCredential'];
    assert.ok(Array.isArray(credentials) && credentials.length === 1);
    assert.doesNotMatch(out, /hunter2/);
  });

  it('forwards the entries instead when told to, and starts the chain at ECI', async () => {
    const { out } = await plan(['-o', 'json', '--credential-delivery', 'forward'], deployment);
    const [object] = (JSON.parse(out) as Report).objects;
    assert.deepEqual(object?.request['AcrRegistryInfo'], [
      {
        InstanceId: 'cri-abc',
        ArnService: 'acs:ram::1111111111111111:role/assume',
        ArnUser: 'acs:ram::2222222222222222:role/acr',
      },
    ]);
    assert.equal(object?.request['ImageRegistryCredential'], undefined);
    assert.equal(object?.hosts[0]?.chains[0]?.[0], 'ECI');
  });

  it('draws the chain from identity to object', async () => {
    const { out } = await plan(['-o', 'mermaid'], deployment);
    assert.match(out, /^flowchart LR\n/);
    const nameOf = (label: string) => new RegExp(`(n\\d+)\\S?\\S"${label}"`).exec(out)?.[1] ?? label;
    const path = [
      'own identity',
      'role assume of 1111111111111111',
      'role acr of 2222222222222222',
      'instance cri-abc in cn-hangzhou',
      'demo-registry.cn-hangzhou.cr.aliyuncs.com',
    ].map(nameOf);
    path.slice(1).forEach((step, index) => assert.ok(out.includes(`${path[index]} --> ${step}\n`), out));
  });

  it('says which settings it had to assume, and none that were given', async () => {
    const { err } = await plan(['--region-id', 'cn-beijing'], deployment);
    assert.match(
      err,
      /^assumed, because nothing was configured: --vswitch-ids vsw-assumed, --security-group-id sg-assumed$/m,
    );
    assert.doesNotMatch(err, /--region-id/);
  });

  it('reports every problem with file, document, key and line, and still plans the rest', async () => {
    const { code, out, err } = await plan([], `${deployment}---${broken}`);
    assert.equal(code, 1);
    assert.match(out, /Deployment\/web in shop/);
    assert.match(err, /^-:2:k8s\.aliyun\.com\/acr-user-arns: .*\(line 24\)$/m);
    assert.match(err, /^-:2:spec\.hostNetwork: .*\(line 26\)$/m);
    assert.match(err, /^-:2:spec\.containers\[0\]\.image: .*white space \(line 28\)$/m);
  });

  it('says problems of a template where the template has them', async () => {
    const { code, err } = await plan([], deployment.replace('image: nginx', 'image: "-"'));
    assert.equal(code, 1);
    assert.match(err, /^-:1:spec\.template\.spec\.containers\[1\]\.image: .*\(line 17\)$/m);
  });

  it('says problems of a list where its items are, in the order of the file', async () => {
    const { err } = await plan(
      [],
      'kind: List\nitems:\n- 42\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\njust text\n',
    );
    const problems = err.split('\n').filter((line) => line.startsWith('-:'));
    assert.deepEqual(problems, [
      '-:1:items[0]: this is no Kubernetes object; write a mapping with apiVersion, kind and metadata (line 3)',
      '-:1:items[1].spec.containers: list at least one container (line 4)',
      '-:2: this is no Kubernetes object; write a mapping with apiVersion, kind and metadata (line 6)',
    ]);
  });

  it('points at annotations that nobody reads, with what was meant', async () => {
    const { code, err } = await plan(
      [],
      deployment.replace('acr-service-arns', 'acr-service-arn').replace(/\n.*acr-user-arns.*/, ''),
    );
    assert.equal(code, 0);
    assert.match(
      err,
      /^warning: -:1:k8s\.aliyun\.com\/acr-service-arn: .*did you mean acr-service-arns\? \(line 10\)$/m,
    );
  });

  it('shows no password that stands inside a URL or a header', async () => {
    const value = 'value: hunter2}, {name: DSN, value: "postgres://web:hunter2@db:5432/web"';
    const { out } = await plan(
      [],
      deployment
        .replace('value: hunter2', value)
        .replace('image: nginx', 'image: nginx, args: ["Authorization: Bearer hunter2"]'),
    );
    assert.match(out, /Value: postgres:\/\/web:\[elided\]@db:5432\/web/);
    assert.doesNotMatch(out, /hunter2/);
  });

  it('shows cluster DNS as it would be sent, though its address is not known', async () => {
    const { out } = await plan([], deployment);
    assert.match(out, /DnsPolicy: None/);
    assert.match(out, /\(address of kube-dns\)/);
    assert.match((await plan(['--dns-mode', 'default'], deployment)).out, /DnsPolicy: Default/);
  });

  it('holds a DaemonSet', async () => {
    const { code, err } = await plan([], deployment.replace('kind: Deployment', 'kind: DaemonSet'));
    assert.equal(code, 1);
    assert.match(err, /DaemonSet makes no sense on a virtual node/);
  });

  it('plans ImageCaches, and checks what their schema cannot', async () => {
    const cache = (images: string, size: number) =>
      `apiVersion: eci.alibabacloud.com/v1\nkind: ImageCache\nmetadata: {name: c}\nspec: {images: [${images}], imageCacheSize: ${size}}\n`;
    const good = await plan([], cache('nginx', 20));
    assert.equal(good.code, 0);
    assert.match(good.out, /CreateImageCache:/);
    const bad = await plan([], cache('"Bad Image"', 5));
    assert.equal(bad.code, 1);
    assert.match(bad.err, /spec\.imageCacheSize: .*\(line 4\)/);
  });

  it('says that there was nothing to plan', async () => {
    const { code, err } = await plan([], 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n');
    assert.equal(code, 0);
    assert.match(err, /No Pod, Pod template or ImageCache/);
  });

  describe('with files', () => {
    let folder = '';
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'plan-'));
      await mkdir(join(folder, 'deeper'));
      await writeFile(join(folder, 'a.yaml'), deployment);
      await writeFile(join(folder, 'notes.txt'), 'no manifest');
      await writeFile(join(folder, 'deeper', 'b.yml'), deployment.replace('name: web,', 'name: deep,'));
    });
    afterEach(async () => {
      await rm(folder, { recursive: true });
    });

    it('reads the manifests of a folder, and those beneath with -R', async () => {
      const flat = recordingIo(['plan', '-f', folder]);
      assert.equal(await runProgram(flat), 0);
      assert.doesNotMatch(flat.out(), /Deployment\/deep/);
      const deep = recordingIo(['plan', '-R', '-f', folder]);
      assert.equal(await runProgram(deep), 0);
      assert.match(deep.out(), /Deployment\/deep/);
    });

    it('reports a file that is not there', async () => {
      const io = recordingIo(['plan', '-f', join(folder, 'absent.yaml')]);
      assert.equal(await runProgram(io), 1);
      assert.match(io.err(), /absent\.yaml: there is no such file or folder$/m);
    });
  });
});
