import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { controlPlaneOrSkip, startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { readDockerConfig } from '../support/docker-config.ts';
import { eventually } from '../support/eventually.ts';
import { configObject, createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import type { HelperProcess } from '../support/helper-process.ts';
import { createMovedClock } from '../support/moved-clock.ts';
import { pullStatus } from '../support/registry-login.ts';

const NAMESPACE = 'helper-trouble';
const host = 'demo-b-registry.cn-hangzhou.cr.aliyuncs.com';
const OUTAGE_MS = 120_000;
/** Within the default threshold of fifteen minutes, and long before the end. */
const LEFT_MS = 600_000;

/** On a control plane of its own, whose API server is taken away. The chain is that of the role of the nodes, to another account. */
describe('a credential helper in trouble', function () {
  this.timeout(300_000);
  const clock = createMovedClock();
  let plane: ControlPlane | undefined;
  let platform: HelperPlatform;
  let helper: HelperProcess;

  const start = (nodeFlags: readonly string[] = []): Promise<HelperProcess> =>
    platform.start({
      clock: { ...clock, nodeFlags: [...clock.nodeFlags, ...nodeFlags] },
      flags: ['--token-mode', 'workerRole'],
    });
  const expiryMs = async (): Promise<number> =>
    Date.parse((await readDockerConfig(platform.plane, NAMESPACE)).expiresAt ?? '');
  const pull = async (): Promise<number> => {
    const login = (await readDockerConfig(platform.plane, NAMESPACE)).auths[host];
    assert.ok(login !== undefined, `no login for ${host}`);
    return await pullStatus(platform.simulator, `${host}/team/app:v1`, login);
  };
  /** Moves cloud and helper to where a renewal is due. */
  const untilDue = async (): Promise<void> => {
    const ms = Math.max(0, (await expiryMs()) - LEFT_MS - (Date.now() + clock.offsetMs()));
    await platform.simulator.advance(ms);
    clock.advance(ms);
  };
  const untilRenewed = async (before: number): Promise<void> => {
    await eventually('it is renewed', async () => (await expiryMs()) > before + LEFT_MS, { timeoutMs: 90_000 });
  };
  const calls = async (action: string): Promise<number> => (await platform.simulator.journal({ action })).length;

  before(async function () {
    await controlPlaneOrSkip(this);
    plane = await startControlPlane({ controllers: true });
    platform = await createHelperPlatform(this, plane === undefined ? {} : { plane });
    await platform.createNamespace(NAMESPACE);
    await platform.configure({
      'watch-namespace': NAMESPACE,
      'acr-registry-info': [
        '- instanceId: cri-b9n8m7l6k5j4h3g2',
        '  regionId: cn-hangzhou',
        '  assumeRoleARN: acs:ram::2222222222222222:role/acr-pull',
      ].join('\n'),
    });
    helper = await start();
    await platform.attached(NAMESPACE, 'default');
    assert.equal(await pull(), 200);
  });

  afterEach(() => platform?.simulator.clearFaults());

  after(async () => {
    await platform?.dispose();
    await plane?.stop();
  });

  it('outlives two minutes without an API server, and goes on by itself with what it had', async () => {
    const [before, fetched] = [await expiryMs(), await calls('GetAuthorizationToken')];
    await plane?.kill('kube-apiserver');
    await delay(OUTAGE_MS);
    assert.ok(!helper.hasEnded(), helper.output().slice(-2000));
    // It cannot know that it still leads, so it has stopped writing, and says so.
    assert.match(helper.output(), /the leadership is lost/);
    await plane?.start('kube-apiserver');
    await eventually('it is ready again, as the leader', async () => {
      const { role } = await helper.status();
      return role === 'leader' && (await helper.isReady());
    });
    await platform.kubectl(['create', 'serviceaccount', 'after-the-outage', '--namespace', NAMESPACE]);
    await platform.configure({
      'watch-namespace': NAMESPACE,
      'service-account': 'default, after-the-outage',
      'acr-registry-info': [
        '- instanceId: cri-b9n8m7l6k5j4h3g2',
        '  regionId: cn-hangzhou',
        '  assumeRoleARN: acs:ram::2222222222222222:role/acr-pull',
      ].join('\n'),
    });
    // Each watch is tried again at most half a minute after the last time.
    const account = ['get', 'serviceaccount', 'after-the-outage', '--namespace', NAMESPACE];
    await eventually(
      'the watches are back',
      async () => (await platform.kubectl([...account, '-o', 'jsonpath={.imagePullSecrets}'])) !== '',
      { timeoutMs: 75_000 },
    );
    await platform.attached(NAMESPACE, 'after-the-outage');
    assert.equal(await expiryMs(), before, 'a password that was still good was kept');
    assert.equal(await calls('GetAuthorizationToken'), fetched);
  });

  it('waits while STS throttles, says so, keeps the password that lives, and renews when it is let', async () => {
    const before = await expiryMs();
    await platform.simulator.addFault({ kind: 'throttle', action: 'AssumeRole' });
    const asked = await calls('AssumeRole');
    await untilDue();
    const event = await platform.event(configObject, /^CredentialFetchFailed: .*Throttling/);
    assert.match(event, /cri-b9n8m7l6k5j4h3g2.*AssumeRole.*request id/);
    assert.equal(await expiryMs(), before);
    assert.equal(await pull(), 200);
    await delay(10_000);
    const tries = (await calls('AssumeRole')) - asked;
    // One try has its own few retries; between tries there are five seconds and more.
    assert.ok(tries <= 25, `${tries} calls in some 15 s`);
    await platform.simulator.clearFaults();
    await untilRenewed(before);
    assert.equal(await pull(), 200);
  });

  it('takes a page of HTML from Container Registry for no answer, without repeating it', async () => {
    const before = await expiryMs();
    await platform.simulator.addFault({ kind: 'html', action: 'GetAuthorizationToken' });
    await untilDue();
    const failed = await eventually('the failure shows in the status', async () => {
      const [entry] = (await helper.status()).entries;
      return entry?.state === 'failing' ? entry : undefined;
    });
    assert.doesNotMatch(failed.lastError?.message ?? '', /</);
    assert.equal(await expiryMs(), before);
    await platform.simulator.clearFaults();
    await untilRenewed(before);
    assert.equal((await helper.status()).entries[0]?.state, 'serving');
  });

  for (const seconds of [40, -40]) {
    it(`serves live passwords with a clock that is ${Math.abs(seconds)} s ${seconds > 0 ? 'fast' : 'slow'}`, async () => {
      const before = await expiryMs();
      await helper.kill('SIGTERM');
      helper = await start(['--import', skewedDate(seconds * 1000)]);
      await untilDue();
      await untilRenewed(before);
      assert.equal(await pull(), 200);
    });
  }
});

/** Also what requests are dated by is off: the clock of the machine is, as on a node without time synchronization. */
function skewedDate(ms: number): string {
  const code = `
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...args) { if (args.length === 0) super(new Real().getTime() + ${ms}); else super(...args); }
      static now() { return Real.now() + ${ms}; }
    };`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
