import assert from 'node:assert/strict';
import { isElsewhere, placedIn, placeOf } from '../../../src/eci/identity/placed-in.ts';
import { aPod } from '../../support/pod-builder.ts';
import { setUp, tagsOf } from './provider-setup.ts';

const claim = (place: string, uid = '0a1b2c3d-0000-4000-8000-000000000001') =>
  aPod({
    uid,
    annotations: {
      'k8s.aliyun.com/eci-instance-id': 'eci-abc',
      'k8s.aliyun.com/eci-client-token': `${uid}-c1`,
      'eci.alibabacloud.com/placed-in': place,
    },
    status: { phase: 'Running' },
  });

describe('where a group was made', () => {
  const here = { regionId: 'cn-hangzhou', accountId: '1' };
  for (const [place, elsewhere] of [
    ['cn-hangzhou', false],
    ['cn-hangzhou/1', false],
    ['cn-hangzhou/2', true],
    ['cn-beijing/1', true],
    ['cn-beijing', true],
  ] as const) {
    it(`${place} is ${elsewhere ? 'elsewhere' : 'here'}`, () => {
      const read = placeOf(claim(place));
      assert.ok(read !== undefined);
      assert.equal(placedIn(read), place);
      assert.equal(isElsewhere(read, here), elsewhere);
    });
  }

  it('may be anywhere while nobody has told the account, or when the Pod does not say', () => {
    assert.equal(isElsewhere({ regionId: 'cn-hangzhou', accountId: '2' }, { regionId: 'cn-hangzhou' }), false);
    assert.equal(placeOf(aPod()), undefined);
  });
});

describe('a process that was pointed to another region or account', () => {
  for (const [sentence, place, lost] of [
    ['does not take the groups of the other region for lost', 'cn-beijing/1', false],
    ['does not take the groups of the other account for lost', 'cn-hangzhou/2', false],
    ['takes a group for lost that is proven to be gone here', 'cn-hangzhou/1', true],
  ] as const) {
    it(sentence, async () => {
      const { eci, provider, run, stop } = setUp({ accountId: () => '1' });
      eci.seed({ containerGroupId: 'eci-other', tags: tagsOf('another-pod') });
      const pod = claim(place);
      assert.equal(provider.createdInstanceId(pod), 'eci-abc');
      await run(300);
      assert.equal(provider.isVerifiedAbsent(pod.metadata?.uid ?? ''), lost);
      await stop();
    });
  }

  it('does not let a deleted Pod go whose group it cannot reach, and says why', async () => {
    const { provider, run, stop } = setUp({ accountId: () => '1' });
    const pod = claim('cn-beijing/1');
    provider.createdInstanceId(pod);
    await run(300);
    await assert.rejects(provider.delete(pod.metadata?.uid ?? '', { force: false }), {
      code: 'Eci.OtherRegionOrAccount',
      message: 'the container group was made in cn-beijing/1, and this process works in cn-hangzhou/1',
    });
    await stop();
  });
});
