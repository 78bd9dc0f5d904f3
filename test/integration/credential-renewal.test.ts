import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { applyAll } from '../support/apply-all.ts';
import { eventually } from '../support/eventually.ts';
import { writeFixture } from '../support/fixture-file.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import { isRunning, podsWhen, readPods } from '../support/pod-report.ts';
import type { ProductProcess } from '../support/product-process.ts';

const LIFE_MS = 30_000;
const chain = {
  'acr-instance-ids': 'cri-cb5d6f7g8h9j0k1l',
  'acr-service-arns': 'acs:ram::1111111111111111:role/role-assume',
  'acr-user-arns': 'acs:ram::2222222222222222:role/role-acr',
};
const running = ['one', 'two', 'three'];

interface GroupState {
  tags: Readonly<Record<string, string>>;
  credentials: { server: string; until: string | null; live: boolean | null }[];
}

describe('passwords that end after half a minute', function () {
  this.timeout(150_000);
  let platform: Platform;
  let product: ProductProcess;

  const groups = async (): Promise<GroupState[]> => {
    const { eci } = (await platform.simulator.state()) as { eci: { groups: GroupState[] } };
    return eci.groups;
  };
  /** Asks every second whether the registry takes what every group of a Pod that may pull again holds. */
  const watch = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      const dead = (await groups())
        .filter(({ tags }) => !Object.values(tags).includes('job'))
        .filter(({ credentials }) => credentials.some(({ live }) => live === false));
      assert.deepEqual(dead, [], `in second ${second}`);
      await delay(1000);
    }
  };
  const updates = async (): Promise<number> =>
    (await platform.simulator.journal({ action: 'UpdateContainerGroup' })).length;

  before(async function () {
    const fixture = await writeFixture((world) => {
      world.cr = { passwordLifeMs: LIFE_MS };
    });
    platform = await createPlatform(this, { fixture });
    product = await platform.start();
    const { nodeName } = platform.sandbox;
    const images = ['images.b.example.com/team/app:v1'];
    await applyAll(platform, [
      ...running.map((name) => podManifest({ name, nodeName, images, annotations: chain })),
      podManifest({ name: 'job', nodeName, images, annotations: chain, spec: { restartPolicy: 'Never' } }),
    ]);
    await podsWhen(platform, [...running, 'job'], isRunning);
  });

  after(async () => {
    await platform?.dispose();
  });

  it('are replaced in running groups before they end, and also by a process that started in between', async () => {
    await watch(25);
    await product.kill('SIGKILL');
    product = await platform.start();
    await watch(40);
    assert.ok((await updates()) >= 2 * running.length);
    assert.ok((await product.counter('eci_kubelet_group_credential_renewals_total', { result: 'renewed' })) >= 3);
  });

  it('cost no restart, and leave a job alone that has started everything', async () => {
    const restarts = await platform.kubectl([
      ...['get', 'pods', '-o', 'jsonpath={.items[*].status.containerStatuses[*].restartCount}'],
    ]);
    assert.equal(restarts, '0 0 0 0');
    const job = (await groups()).find(({ tags }) => Object.values(tags).includes('job'));
    assert.deepEqual(
      job?.credentials.map(({ live }) => live),
      [false],
    );
  });

  it('leave on the Pod until when the present ones hold, and no secret', async () => {
    const { annotations, conditions } = (await readPods(platform)).get('one') ?? assert.fail('no Pod');
    const held = annotations['eci.alibabacloud.com/image-credentials'] ?? '';
    assert.match(held, /"until":\{"images\.b\.example\.com":"20\d\d-/);
    assert.doesNotMatch(held, /CANARY|cr_temp_user/);
    assert.match(conditions['ImageCredentials'] ?? '', /^True ImageCredentialsResolved: .*role-acr.*, until 20/);
  });

  it('bring a warning with the hop and advice when they cannot be renewed, and all is well again afterwards', async () => {
    await platform.simulator.addFault({
      action: 'GetAuthorizationToken',
      kind: 'error',
      status: 403,
      code: 'NoPermission',
    });
    const event = await eventually('an event tells of it', async () => {
      const events = await platform.events('Pod', 'one');
      return events.find((line) => line.startsWith('ImageCredentialsRenewalFailed: '));
    });
    assert.match(event, /hop 3 \(registry password, instance cri-cb5d6f7g8h9j0k1l.* NoPermission .*serve until 20/i);
    await podsWhen(platform, ['one'], ({ conditions }) =>
      /^(True|False) ImageCredentialsRenewalFailed/.test(conditions['ImageCredentials'] ?? ''),
    );
    await platform.simulator.clearFaults();
    await podsWhen(platform, running, ({ conditions }) =>
      (conditions['ImageCredentials'] ?? '').startsWith('True ImageCredentialsResolved'),
    );
    await watch(5);
    assert.ok((await readPods(platform)).values().every(({ phase }) => phase === 'Running'));
  });
});
