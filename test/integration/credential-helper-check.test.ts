import assert from 'node:assert/strict';
import type { CheckReport } from '../../src/cli/check/check-report.ts';
import { toRfc3339 } from '../../src/clock.ts';
import { SECRET_NAME } from '../../src/credential-helper/names.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { createKubeSandbox } from '../support/kube-sandbox.ts';
import type { KubeSandbox } from '../support/kube-sandbox.ts';
import { PullSandbox } from '../support/pull-sandbox.ts';

const host = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
const vpcHost = 'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com';
const image = `${host}/team/web:1`;
const entries = `
- instanceId: cri-demo
  regionId: cn-hangzhou
  domains: ${host},${vpcHost},images.example.com
`;

function podSpec(serviceAccountName: string, ...images: string[]): object {
  return { serviceAccountName, containers: images.map((one, index) => ({ name: `c${index}`, image: one })) };
}

describe('eci-kubelet check, on a real control plane', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sandbox: KubeSandbox;
  let pulls: PullSandbox;

  before(async function () {
    plane = await controlPlaneOrSkip(this);
    sandbox = await createKubeSandbox(plane);
    pulls = new PullSandbox(sandbox, plane.kubeconfigPath);
    await pulls.configure({
      'service-account': 'app, late',
      'watch-namespace': pulls.namespace,
      'acr-registry-info': entries,
    });
    await pulls.serviceAccount('app', [SECRET_NAME]);
    await pulls.secret([host, vpcHost], toRfc3339(Date.now() + 3_600_000));
  });
  after(() => sandbox?.dispose());

  async function check(...argv: string[]): Promise<CheckReport & { code: number }> {
    const { code, out } = await pulls.run(['check', ...argv, '-o', 'json']);
    return { ...(JSON.parse(out) as CheckReport), code };
  }

  function causesOf(report: CheckReport): string[] {
    return report.images.flatMap(({ causes }) => causes.map(({ id }) => id));
  }

  const checkPod = async (name: string) => await check('pod', `${pulls.namespace}/${name}`);

  it('says that a Pod of a served ServiceAccount can pull, until when, and who did not answer', async () => {
    const report = await check('image', image, '-n', pulls.namespace, '--service-account', 'app');
    assert.equal(report.code, 0);
    assert.equal(report.verdict, 'yes');
    assert.equal(report.images[0]?.by?.entry?.chain, 'base identity → instance cri-demo in cn-hangzhou');
    assert.match(report.images[0].by.until ?? '', /^20\d\d-/);
    assert.match(report.helperSilent ?? '', /there is no Lease/);
  });

  it('says it in the form of a table as well', async () => {
    const { code, out } = await pulls.run(['check', 'image', image, '-n', pulls.namespace, '--service-account', 'app']);
    assert.equal(code, 0);
    assert.match(out, /\n {2}can be pulled until 20\S+Z \(in (59m|1h)\)\n/);
    assert.match(out, /\n {4}entry {3}1 \(cri-demo in cn-hangzhou\)\n/);
  });

  it('finds a ServiceAccount that is neither selected nor attached, and one that is not there', async () => {
    const report = await check('image', image, '-n', pulls.namespace);
    assert.deepEqual([report.code, causesOf(report)], [1, ['service-account-not-selected']]);
    const missing = await check('image', image, '-n', pulls.namespace, '--service-account', 'late');
    assert.deepEqual(causesOf(missing), ['service-account-missing']);
  });

  it('finds a namespace that is not watched, and one that is not there', async () => {
    assert.deepEqual(causesOf(await check('image', image, '-n', 'default', '--service-account', 'app')), [
      'namespace-not-watched',
      'service-account-missing',
    ]);
    assert.deepEqual(causesOf(await check('image', image, '-n', 'no-such', '--service-account', 'app')), [
      'namespace-missing',
    ]);
  });

  it('answers names that no object can have', async () => {
    const report = await check('image', image, '-n', '../secrets', '--service-account', 'a/b');
    assert.deepEqual([report.code, causesOf(report)], [1, ['namespace-missing', 'service-account-not-selected']]);
    assert.equal((await pulls.run(['check', 'pod', 'no-slash'])).code, 2);
    const none = await pulls.run(['check', 'pod', `${pulls.namespace}/none`]);
    assert.deepEqual([none.code, none.err], [1, `Pod ${pulls.namespace}/none: there is no such Pod\n`]);
  });

  it('follows what admission gave the Pod', async () => {
    await pulls.pod('served', podSpec('app', image, 'nginx'));
    const report = await checkPod('served');
    assert.equal(report.code, 0);
    assert.deepEqual(
      report.images.map(({ verdict, containers }) => [verdict, containers]),
      [
        ['yes', ['c0']],
        ['anonymous', ['c1']],
      ],
    );
  });

  it('finds a Pod with imagePullSecrets of its own', async () => {
    await pulls.pullSecret('mine', ['registry.example.com']);
    await pulls.pod('own-list', { ...podSpec('app', image), imagePullSecrets: [{ name: 'mine' }] });
    const report = await checkPod('own-list');
    assert.deepEqual([report.code, causesOf(report)], [1, ['own-pull-secrets']]);
  });

  it('says yes to a Pod whose own Secret has the host', async () => {
    await pulls.pullSecret('theirs', [host]);
    await pulls.pod('own-secret', { ...podSpec('app', image), imagePullSecrets: [{ name: 'theirs' }] });
    const report = await checkPod('own-secret');
    assert.deepEqual(report.images[0]?.by, { secret: 'theirs', server: host });
  });

  it('finds a Pod that is older than the patch of its ServiceAccount', async () => {
    await pulls.serviceAccount('late', []);
    await pulls.pod('early', podSpec('late', image));
    assert.deepEqual(causesOf(await checkPod('early')), ['service-account-not-attached', 'pod-before-patch']);
    const path = `/api/v1/namespaces/${pulls.namespace}/serviceaccounts/late`;
    await sandbox.client.patch(path, { imagePullSecrets: [{ name: SECRET_NAME }] }, 'merge');
    assert.deepEqual(causesOf(await checkPod('early')), ['pod-before-patch']);
  });

  it('finds a VPC name that the kubelet cannot resolve', async () => {
    const name = `${vpcHost}/team/web:1`;
    await pulls.pod('no-link', podSpec('app', name));
    const message = `dial tcp: lookup ${vpcHost}: no such host`;
    await pulls.kubeletSays('no-link', { name: 'c0', image: name, reason: 'ErrImagePull', message });
    const report = await checkPod('no-link');
    assert.deepEqual([report.verdict, causesOf(report)], ['no', ['host-not-resolved']]);
  });

  it('finds the same in the events, while the kubelet waits to try again', async () => {
    const name = `${vpcHost}/team/web:2`;
    await pulls.pod('backed-off', podSpec('app', name));
    const message = `Back-off pulling image "${name}"`;
    await pulls.kubeletSays('backed-off', { name: 'c0', image: name, reason: 'ImagePullBackOff', message });
    assert.deepEqual(causesOf(await checkPod('backed-off')), ['pull-failed']);
    await pulls.warningEvent({
      about: { kind: 'Pod', name: 'backed-off', fieldPath: 'spec.containers{c0}' },
      reason: 'Failed',
      message: `Failed to pull image "${name}": rpc error: dial tcp: lookup ${vpcHost}: no such host`,
    });
    assert.deepEqual(causesOf(await checkPod('backed-off')), ['host-not-resolved']);
  });

  it('passes on what the kubelet says, without what is secret in it', async () => {
    await pulls.pod('denied', podSpec('app', image));
    const message = 'insufficient_scope; asked https://cr_temp_user:CANARY@registry/v2?token=CANARY';
    await pulls.kubeletSays('denied', { name: 'c0', image, reason: 'ImagePullBackOff', message });
    const report = await checkPod('denied');
    assert.deepEqual(causesOf(report), ['pull-failed']);
    assert.match(report.images[0]?.causes[0]?.message ?? '', /insufficient_scope/);
  });

  it('takes the annotations of a Pod that is meant for a virtual node', async () => {
    const annotations = { 'k8s.aliyun.com/acr-instance-ids': 'cri-demo' };
    await pulls.pod(
      'virtual',
      { ...podSpec('app', image), nodeSelector: { type: 'virtual-kubelet' } },
      { annotations },
    );
    const report = await checkPod('virtual');
    assert.equal(report.verdict, 'unknown');
    assert.deepEqual(report.virtualNode?.hosts[0]?.chains, [['own identity', 'instance cri-demo in cn-hangzhou']]);
    const path = `/api/v1/namespaces/${pulls.namespace}/pods/virtual/status`;
    const condition = {
      type: 'ImageCredentials',
      status: 'True',
      reason: 'ImageCredentialsResolved',
      message: 'until later',
    };
    await sandbox.client.patch(path, { status: { conditions: [condition] } }, 'strategic');
    assert.deepEqual((await checkPod('virtual')).verdict, 'yes');
  });

  it('says what somebody with few rights may not see', async () => {
    await plane.kubectl(['create', 'serviceaccount', 'guest', '-n', pulls.namespace]);
    const guest = await plane.createServiceAccountKubeconfig(pulls.namespace, 'guest');
    const argv = ['check', 'image', image, '-n', pulls.namespace, '--service-account', 'app', '-o', 'json'];
    const { code, out } = await pulls.run(argv, guest);
    const report: CheckReport = JSON.parse(out);
    assert.deepEqual([code, report.verdict, causesOf(report)], [1, 'unknown', []]);
    assert.equal(report.images[0]?.notSeen.length, 4);
    assert.match(report.helperSilent ?? '', /403 Forbidden/);
    assert.equal((await pulls.run(['check', 'pod', `${pulls.namespace}/served`], guest)).code, 1);
  });
});
