import assert from 'node:assert/strict';
import type { Pod } from '../../src/kube/types.ts';
import { startCloudProxy } from '../support/cloud-proxy.ts';
import type { CloudProxy } from '../support/cloud-proxy.ts';
import { containerGroups } from '../support/cloud-resources.ts';
import { eventually } from '../support/eventually.ts';
import { accountOf, accounts, allowing, writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, deletePod, readPod, untilPodIsGone, untilPodRuns } from '../support/sandbox-pods.ts';

/** Two pages of DescribeContainerGroups. */
const PODS = 22;

/** Another key, which may do everything but look. */
const blindUser = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tBlind',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'CANARY-blind',
} as const;
const blindArn = `acs:ram::${accounts.a}:user/blind`;

/** What a new process cannot see may all the same be there: nothing may follow from an empty or broken listing. */
describe('the first listing of container groups', function () {
  this.timeout(60_000);
  let platform: Platform;
  let proxy: CloudProxy;
  let product: ProductProcess;
  let pods: Pod[];

  before(async function () {
    const fixture = await writeFixture((builtIn) => {
      accountOf(builtIn, accounts.a).users?.push({
        name: 'blind',
        accessKeys: [{ accessKeyId: 'LTAI5tBlind', accessKeySecret: 'CANARY-blind' }],
        policies: [
          allowing('eci:Create*', 'eci:Delete*', 'ram:CreateServiceLinkedRole'),
          'AliyunContainerRegistryReadOnlyAccess',
        ],
      });
    });
    platform = await createPlatform(this, { fixture });
    proxy = await startCloudProxy(platform.simulator.url);
    product = await platform.start({ flags: proxy.flags });
    const names = Array.from({ length: PODS }, (_, index) => `pod-${index}`);
    pods = await Promise.all(names.map((name) => createPod(platform, name, { image: 'nginx', annotations: {} })));
    await Promise.all(pods.map((pod) => untilPodRuns(platform, pod)));
  });

  after(async () => {
    if (platform === undefined) return;
    await platform.dispose();
    await proxy.close();
  });

  async function assertNothingHappenedToThem(): Promise<void> {
    const now = await Promise.all(pods.map((pod) => readPod(platform, pod.metadata?.name ?? '')));
    assert.deepEqual([...new Set(now.map((pod) => pod?.status?.phase))], ['Running']);
    for (const pod of pods) assert.equal((await containerGroups(platform.simulator, pod.metadata?.uid)).length, 1);
  }

  it('that fails on its second page is no listing: nothing is created, nothing deleted, until it is complete', async () => {
    await product.kill('SIGKILL');
    const lift = proxy.refuse('DescribeContainerGroups', ({ parameters }) => parameters.has('NextToken'));
    const creates = proxy.calls('CreateContainerGroup').length;
    product = await platform.start({ flags: proxy.flags });
    const young = await createPod(platform, 'young', { image: 'nginx', annotations: {} });
    // One listing is tried four times, so this is the second.
    const refused = (): number =>
      proxy.calls('DescribeContainerGroups').filter(({ parameters }) => parameters.has('NextToken')).length;
    const before = refused();
    await eventually('a listing has failed, and another one as well', async () => refused() - before >= 5);
    assert.equal(proxy.calls('CreateContainerGroup').length, creates);
    assert.equal(proxy.calls('DeleteContainerGroup').length, 0);
    await assertNothingHappenedToThem();

    lift();
    await untilPodRuns(platform, young);
    assert.equal(proxy.calls('CreateContainerGroup').length, creates + 1);
    assert.equal(proxy.calls('DeleteContainerGroup').length, 0);
    await assertNothingHappenedToThem();
  });

  it('that is empty because RAM denies it loses no Pod and makes nothing twice', async () => {
    const hold = proxy.hold('CreateContainerGroup', 'answer');
    const unknown = await createPod(platform, 'unknown', { image: 'nginx', annotations: {} });
    await hold.reached;
    await product.kill('SIGKILL');
    product = await platform.start({ flags: [...proxy.flags, '--idle-poll-interval', '1s'], env: blindUser });
    await eventually('it has asked for the group again, and been told that it was asked for before', async () => {
      const pod = await readPod(platform, 'unknown');
      const created = pod?.status?.conditions?.find(({ type }) => type === 'ContainerInstanceCreated');
      return created?.status === 'False' && created.reason === 'EciCreatedUnseen';
    });
    const polls = async (): Promise<number> =>
      (await platform.simulator.journal({ action: 'DescribeContainerGroupStatus' })).filter(
        (call) => call.principalArn === blindArn && call.result === 'OK',
      ).length;
    await eventually('it has looked, and seen nothing, four times', async () => (await polls()) >= 4);
    await assertNothingHappenedToThem();
    assert.equal((await containerGroups(platform.simulator, unknown.metadata?.uid)).length, 1);
    assert.equal((await readPod(platform, 'unknown'))?.status?.phase, 'Pending');
    assert.equal(proxy.calls('DeleteContainerGroup').length, 0);
  });

  it('shows everything again to a process that may look: what was made is taken over, what was deleted goes', async () => {
    const [deleted] = pods.splice(0, 1);
    assert.ok(deleted !== undefined);
    await deletePod(platform, deleted.metadata?.name ?? '');
    await product.kill('SIGKILL');
    product = await platform.start({ flags: proxy.flags });
    const unknown = await readPod(platform, 'unknown');
    assert.ok(unknown !== undefined);
    await untilPodRuns(platform, unknown);
    assert.equal((await containerGroups(platform.simulator, unknown.metadata?.uid)).length, 1);
    await untilPodIsGone(platform, deleted);
    await assertNothingHappenedToThem();
  });
});
