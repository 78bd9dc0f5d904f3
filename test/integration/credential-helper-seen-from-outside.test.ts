import assert from 'node:assert/strict';
import type { CheckReport } from '../../src/cli/check/check-report.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { HelperStatus } from '../../src/credential-helper/status/model.ts';
import { SECRET_NAME } from '../../src/credential-helper/names.ts';
import { eventually } from '../support/eventually.ts';
import { createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { assertNoSecret } from '../support/secrets.ts';
import { recordingIo } from '../unit/cli/recording-io.ts';

const served = 'shop';
const foreign = 'billing';
const host = 'demo-a-registry.cn-hangzhou.cr.aliyuncs.com';
const image = `${host}/team/app:v1`;
/** The second instance belongs to another account, whose registry answers nobody of this one. */
const entries = `
- instanceId: cri-a1b2c3d4e5f6g7h8
  domains: ${host},demo-a-registry-vpc.cn-hangzhou.cr.aliyuncs.com
- instanceId: cri-b9n8m7l6k5j4h3g2
  domains: demo-b-registry.cn-hangzhou.cr.aliyuncs.com
`;

describe('a running credential helper, seen with status and check', function () {
  this.timeout(120_000);
  let platform: HelperPlatform;
  let helper: HelperProcess;

  before(async function () {
    platform = await createHelperPlatform(this);
    await Promise.all([served, foreign].map((name) => platform.createNamespace(name)));
    await platform.kubectl(['create', 'secret', 'generic', SECRET_NAME, '-n', foreign, '--from-literal=a=CANARY']);
    await platform.configure({
      'service-account': 'default',
      'watch-namespace': `${served}, ${foreign}`,
      'acr-registry-info': entries,
    });
    helper = await platform.start({ flags: ['--token-mode', 'workerRole', '--leader-elect'] });
    await platform.attached(served, 'default');
  });
  after(() => platform?.dispose());

  async function run(...argv: string[]): Promise<{ code: number; out: string }> {
    const io = recordingIo([...argv, '--kubeconfig', platform.plane.kubeconfigPath]);
    const code = await runProgram(io);
    assertNoSecret(argv.join(' '), `${io.out()}${io.err()}`);
    return { code, out: io.out() };
  }

  async function check(...argv: string[]): Promise<CheckReport & { code: number }> {
    const { code, out } = await run('check', ...argv, '--from', helper.admin, '-o', 'json');
    return { ...(JSON.parse(out) as CheckReport), code };
  }

  const causesOf = ({ images }: CheckReport) => images.flatMap(({ causes }) => causes.map(({ id }) => id));

  async function pod(name: string, spec: object): Promise<void> {
    const containers = [{ name: 'app', image }];
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...spec } };
    await platform.kubectl(['apply', '-n', served, '-f', '-'], JSON.stringify(manifest));
  }

  it('shows both entries, the conflict, and who leads', async () => {
    const status = await eventually('the conflict is known', async () => {
      const { out } = await run('status', '--from', helper.admin, '-o', 'json');
      const answer = JSON.parse(out) as { status: HelperStatus };
      return answer.status.namespaces?.conflicts.length === 1 ? answer.status : undefined;
    });
    assert.equal(status.role, 'leader');
    assert.deepEqual(
      status.entries.map(({ position, state, hosts }) => [position, state, hosts.length]),
      [
        [1, 'serving', 2],
        [2, 'failing', 1],
      ],
    );
    assert.match(status.entries[0]?.expiresAt ?? '', /^20/);
    assert.match(status.entries[1]?.lastError?.message ?? '', /./);
    assert.deepEqual(status.namespaces?.conflicts, [foreign]);
    assert.deepEqual(status.configuration.namespaces, [served, foreign]);
    const { code, out } = await run('status', '--from', helper.admin);
    assert.equal(code, 0);
    assert.match(out, /^Credential helper \S+, leader, told by/);
    assert.match(out, /Conflicts: +billing/);
  });

  it('says that a new Pod can pull, by the entry and until the time that the helper tells', async () => {
    const report = await check('image', image, '-n', served);
    assert.deepEqual([report.code, report.verdict], [0, 'yes']);
    const { by } = report.images[0] ?? {};
    assert.match(by?.entry?.chain ?? '', /→ instance cri-a1b2c3d4e5f6g7h8 in cn-hangzhou$/);
    assert.equal(by?.until, (await helper.status()).entries[0]?.expiresAt);
  });

  it('names the failing entry with its error, and the conflict', async () => {
    const other = await check('image', 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1', '-n', served);
    assert.deepEqual([other.code, causesOf(other)], [1, ['entry-failing']]);
    assert.match(other.images[0]?.causes[0]?.message ?? '', /entry 2 .*CredentialFetchFailed/i);
    const conflict = await check('image', image, '-n', foreign);
    assert.deepEqual([conflict.code, causesOf(conflict)], [1, ['secret-foreign']]);
  });

  it('says yes to a Pod that came after the patch, and why not to one with a list of its own', async () => {
    await pod('app', {});
    assert.equal((await check('pod', `${served}/app`)).verdict, 'yes');
    await pod('own-list', { imagePullSecrets: [{ name: 'mine' }] });
    assert.deepEqual(causesOf(await check('pod', `${served}/own-list`)), ['own-pull-secrets']);
  });

  it('tells what the API server holds once the helper has been killed', async () => {
    await helper.kill('SIGKILL');
    const { code, out } = await run('status');
    assert.equal(code, 1);
    assert.match(out, /^No credential helper answered: the leader is said to be Pod kube-system\//);
    assert.match(out, /\nbilling +foreign/);
    assert.match(out, /\nshop +serving/);
    assert.match(out, /CredentialFetchFailed/);
    // The Secret serves on, whoever is dead.
    const { code: checked } = await run('check', 'image', image, '-n', served);
    assert.equal(checked, 0);
    const failing = await run(
      'check',
      'image',
      'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/x',
      '-n',
      served,
      '-o',
      'json',
    );
    assert.deepEqual(causesOf(JSON.parse(failing.out) as CheckReport), ['entry-failing']);
  });
});
