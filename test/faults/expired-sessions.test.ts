import assert from 'node:assert/strict';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import type { ProductProcess } from '../support/product-process.ts';
import { createPod, crossAccountChain, readPod, untilPodRuns } from '../support/sandbox-pods.ts';
import type { JournalLine } from '../support/simulator-process.ts';

const EXPIRED = 'InvalidSecurityToken.Expired';

/** Behind the same two roles as {@link crossAccountChain}: with it the sessions are known, and the password is not. */
const otherRegistry = {
  image: 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com/team/app:v1',
  annotations: { ...crossAccountChain, 'k8s.aliyun.com/acr-instance-ids': 'cri-b9n8m7l6k5j4h3g2' },
};

/**
 * The cloud's clock goes two hours ahead of ours, so sessions that look alive to the process are dead: what it is like on a
 * machine that was suspended, or when somebody revokes the sessions of a role.
 */
describe('sessions that end before their time', function () {
  this.timeout(60_000);
  let platform: Platform;
  let product: ProductProcess;

  before(async function () {
    platform = await createPlatform(this);
    product = await platform.start();
  });

  after(() => platform?.dispose());

  /** Runs a Pod, lets two hours pass at the cloud, runs another. @returns the calls that were made for that. */
  async function runAcrossTheEnd(names: readonly [string, string]): Promise<JournalLine[]> {
    const first = await createPod(platform, names[0]);
    await untilPodRuns(platform, first);
    const before = (await platform.simulator.journal()).length;
    await platform.simulator.advance(2 * 3_600_000);
    const second = await createPod(platform, names[1], otherRegistry);
    await untilPodRuns(platform, second);
    assert.equal((await readPod(platform, names[0]))?.status?.phase, 'Running');
    const events = await platform.events('Pod', names[1]);
    assert.deepEqual(
      events.filter((event) => event.includes('Failed')),
      [],
    );
    const calls = (await platform.simulator.journal()).slice(before);
    assert.equal(calls.filter(({ action }) => action === 'CreateContainerGroup').length, 1);
    return calls;
  }

  it('are dropped once the cloud refuses them, and the chain is run once more', async () => {
    const calls = await runAcrossTheEnd(['key-1', 'key-2']);
    // Who signed a call that was refused is not known to the journal.
    assert.deepEqual(chainCalls(calls), [
      `ListInstanceEndpoint by nobody: ${EXPIRED}`,
      `AssumeRole by nobody: ${EXPIRED}`,
      'AssumeRole role-assume by eci-kubelet: OK',
      'AssumeRole role-acr by role-assume: OK',
      'ListInstanceEndpoint by role-acr: OK',
      'GetAuthorizationToken by role-acr: OK',
    ]);
  });

  it('are replaced where they are our own identity, as those of an ECS role are', async () => {
    await product.kill('SIGKILL');
    product = await platform.start({ flags: ['--identity', 'ecs-role'] });
    const calls = await runAcrossTheEnd(['role-1', 'role-2']);
    // Whether a poll or the chain meets the dead session first is open; it is replaced once, and so is what was made with it.
    assert.deepEqual(chainCalls(calls.filter(({ result }) => result === 'OK')), [
      'AssumeRole role-assume by eci-kubelet-ecs: OK',
      'AssumeRole role-acr by role-assume: OK',
      'ListInstanceEndpoint by role-acr: OK',
      'GetAuthorizationToken by role-acr: OK',
    ]);
    const refused = calls.filter(({ result }) => result === EXPIRED);
    assert.ok(refused.length >= 1 && refused.length <= 6, `${refused.length} calls with dead sessions`);
  });
});

/** Calls to STS and Container Registry in words, in order. */
function chainCalls(calls: readonly JournalLine[]): string[] {
  return calls
    .filter(({ action, product }) => product !== 'eci' && action !== 'DescribeContainerGroupStatus')
    .map(({ action, parameters, principalArn, result }) => {
      const role = parameters['RoleArn']?.split('/').at(-1);
      const signer = principalArn.split('/').at(-1) || 'nobody';
      return `${action}${role === undefined ? '' : ` ${role}`} by ${signer}: ${result}`;
    });
}
