import assert from 'node:assert/strict';
import { limitsPerMinute } from '../../src/alibaba/rate-limits.ts';
import { readHeldCredentials } from '../../src/eci/renewal/held-credentials.ts';
import { aContainer } from '../support/pod-builder.ts';
import { SimulatedNode } from '../support/simulated-node.ts';

const MINUTE_MS = 60_000;
const MINUTES = 7 * 60;
/** Groups of one chain: all of them hold the same password, which ends for all of them at once. */
const GROUPS = 200;
const ofOneChain = {
  'k8s.aliyun.com/acr-instance-ids': 'cri-cb5d6f7g8h9j0k1l',
  'k8s.aliyun.com/acr-service-arns': 'acs:ram::1111111111111111:role/role-assume',
  'k8s.aliyun.com/acr-user-arns': 'acs:ram::2222222222222222:role/role-acr',
};

/**
 * The product's own clients, resolver, creator, feed and renewal against the simulator over HTTP, all of them on one clock that
 * is moved forward. Only the API server is missing: what would be written on a Pod is put there by the test.
 */
describe('seven hours with passwords of one hour', function () {
  this.timeout(240_000);
  let node: SimulatedNode;
  const samples: { minute: number; dead: string[]; restarted: string[] }[] = [];
  let chainCallsBefore: number;

  before(async () => {
    node = await SimulatedNode.start((fixture) => {
      const image = { host: 'images.b.example.com', repository: 'team/crashes', tag: 'v1' };
      fixture.images = [...(fixture.images ?? []), { ...image, exit: { afterMs: 400_000, code: 1 } }];
    });
    for (let index = 0; index < GROUPS; index += 1) {
      node.addPod(`web-${index}`, {
        annotations: ofOneChain,
        spec: { containers: [aContainer({ image: 'images.b.example.com/team/app:v1' })] },
      });
    }
    node.addPod('crashes', {
      annotations: ofOneChain,
      spec: { containers: [aContainer({ image: 'images.b.example.com/team/crashes:v1', imagePullPolicy: 'Always' })] },
    });
    node.addPod('job', {
      annotations: ofOneChain,
      spec: { restartPolicy: 'Never', containers: [aContainer({ image: 'images.b.example.com/team/app:v1' })] },
    });
    await node.createAll();
    chainCallsBefore = node.calls('GetAuthorizationToken').length;
    for (let minute = 1; minute <= MINUTES; minute += 1) {
      await node.pass(MINUTE_MS, 15_000);
      // In the middle of the window in which passwords are renewed, a new process takes over.
      if (minute % 100 === 40) await node.restartProduct();
      samples.push({ minute, ...node.look() });
    }
  });

  after(async () => {
    await node?.stop();
  });

  it('every group that may pull again holds a live password, in every minute', () => {
    const bad = samples.filter(({ dead }) => dead.some((name) => name !== 'job'));
    assert.deepEqual(bad, []);
    assert.equal(samples.length, MINUTES);
  });

  it('a container that crashes all the time is pulled again each time', () => {
    const { pulls, failed } = node.pulls('crashes');
    assert.ok(pulls >= 20, `${pulls} pulls`);
    assert.deepEqual(failed, []);
  });

  it('nothing is restarted by it', () => {
    assert.deepEqual(
      samples.flatMap(({ restarted }) => restarted.filter((name) => name !== 'crashes')),
      [],
    );
    assert.equal(node.statuses().filter((status) => status !== 'Running').length, 0);
  });

  it('updates stay within the budget of calls, and are spread so far that others hardly notice', () => {
    const updates = node.calls('UpdateContainerGroup');
    const perMinute = Map.groupBy(updates, ({ time }) => time.slice(0, 16));
    const most = Math.max(...[...perMinute.values()].map(({ length }) => length));
    assert.ok(most <= 0.8 * (limitsPerMinute['UpdateContainerGroup'] ?? 0));
    assert.ok(most <= GROUPS / 4, `${most} in one minute`);
    // Not more often than passwords end, give or take the window.
    assert.ok(updates.length >= GROUPS * 7 && updates.length <= GROUPS * 14, `${updates.length} updates`);
    assert.deepEqual(
      updates.filter(({ result }) => result !== 'OK'),
      [],
    );
  });

  it('the groups of a chain share what a renewal costs', () => {
    const passwords = node.calls('GetAuthorizationToken').length - chainCallsBefore;
    assert.ok(passwords >= 7 && passwords <= 25, `${passwords} passwords`);
  });

  it('a job that has started everything is left alone', () => {
    assert.deepEqual(node.updatesOf('job'), []);
  });

  it('what stands on each Pod is what its group holds', () => {
    for (const { pod, containerGroupId, until } of node.holdings()) {
      const held = readHeldCredentials(pod, containerGroupId);
      assert.equal(held?.expiriesMs.get('images.b.example.com'), until, pod.metadata?.name ?? '');
    }
  });
});
