import assert from 'node:assert/strict';
import type { Pod } from '../../../src/kube/types.ts';
import { setUp } from './provider-setup.ts';

const MINUTE_S = 60;

function pod(uid: string): Pod {
  return {
    metadata: { uid, name: uid, namespace: 'default' },
    spec: { containers: [{ name: 'app', image: 'nginx' }] },
  };
}

describe('creations that are refused while listings succeed', () => {
  it('make ECI unreachable where no Pod could be created, until one is', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    eci.fail('createContainerGroup', 'InvalidPaymentMethod.InsufficientBalance');
    await assert.rejects(provider.create(pod('a'), { number: 1 }));
    await run(MINUTE_S);
    const health = provider.health();
    assert.equal(health?.reachable, false);
    assert.equal(health?.reason, 'ECIRefused');
    assert.match(health?.message ?? '', /^creations are refused: InvalidPaymentMethod\.InsufficientBalance/);
    await provider.create(pod('a'), { number: 2 });
    assert.equal(provider.health()?.reachable, true);
    await stop();
  });

  for (const code of [
    'NoPermission',
    'InvalidUser.PassRoleForbidden',
    'InvalidParameter.ValueExceeded',
    'Throttling',
  ]) {
    it(`say nothing about other Pods with ${code}`, async () => {
      const { eci, provider, run, stop } = setUp();
      await run(1);
      eci.fail('createContainerGroup', code);
      await assert.rejects(provider.create(pod('a'), { number: 1 }));
      assert.equal(provider.health()?.reachable, true);
      await stop();
    });
  }

  it('are forgotten when nobody has tried for a while', async () => {
    const { eci, provider, run, stop } = setUp();
    await run(1);
    eci.fail('createContainerGroup', 'Account.Arrearage');
    await assert.rejects(provider.create(pod('a'), { number: 1 }));
    await run(14 * MINUTE_S);
    assert.equal(provider.health()?.reachable, false);
    await run(2 * MINUTE_S);
    assert.equal(provider.health()?.reachable, true);
    await stop();
  });
});
