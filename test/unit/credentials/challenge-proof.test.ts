import assert from 'node:assert/strict';
import { instanceOfChallenge } from '../../../src/credentials/challenge-proof.ts';

const HOST = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
const claim = {
  service: 'registry.aliyuncs.com:cn-hangzhou:china:cri-a',
  instanceId: 'cri-a',
  regionId: 'cn-hangzhou',
};

const believed: Record<string, string> = {
  'the token server of the region': 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth',
  'the token server of Enterprise Edition': 'https://dockerauth-ee.cn-hangzhou.aliyuncs.com/auth',
  'the token server inside a VPC': 'https://dockerauth-ee-vpc.cn-hangzhou.aliyuncs.com/auth',
  'the odd name of Zhangjiakou': 'https://dockerauth-cn-zhangjiakou.aliyuncs.com/auth',
  'the registry itself': `https://${HOST}/auth`,
};

const doubted: Record<string, string> = {
  'another host': 'https://evil.example.com/auth',
  'a suffix after the token server': 'https://dockerauth.cn-hangzhou.aliyuncs.com.evil.com/auth',
  'a token server without a dot': 'https://dockerauth.cn-hangzhou.evilaliyuncs.com/auth',
  'a further label': 'https://evil.dockerauth.cn-hangzhou.aliyuncs.com/auth',
  'a name that only begins alike': 'https://dockerauthevil.cn-hangzhou.aliyuncs.com/auth',
  'an OSS bucket': 'https://dockerauth-x.oss-cn-hangzhou.aliyuncs.com/auth',
  'plain HTTP': 'http://dockerauth.cn-hangzhou.aliyuncs.com/auth',
  'another port': 'https://dockerauth.cn-hangzhou.aliyuncs.com:8443/auth',
  'user info that looks like the token server': 'https://dockerauth.cn-hangzhou.aliyuncs.com@evil.com/auth',
  'user info before the token server': 'https://evil@dockerauth.cn-hangzhou.aliyuncs.com/auth',
  'no URL': 'dockerauth',
};

describe('instanceOfChallenge', () => {
  for (const [what, realm] of Object.entries(believed)) {
    it(`believes a challenge that sends tokens to ${what}`, () => {
      assert.deepEqual(instanceOfChallenge(HOST, { ...claim, realm }), {
        instanceId: 'cri-a',
        regionId: 'cn-hangzhou',
      });
    });
  }

  for (const [what, realm] of Object.entries(doubted)) {
    it(`doubts a challenge that sends tokens to ${what}`, () => {
      assert.equal(instanceOfChallenge(HOST, { ...claim, realm }), undefined);
    });
  }

  const realm = 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth';
  it('proves nothing without an instance, a region, or a challenge', () => {
    assert.equal(instanceOfChallenge(HOST, undefined), undefined);
    assert.equal(
      instanceOfChallenge(HOST, { realm, service: 'registry.aliyuncs.com:cn-hangzhou:26842', regionId: 'cn-hangzhou' }),
      undefined,
    );
    assert.equal(instanceOfChallenge(HOST, { realm, service: '', instanceId: 'cri-a' }), undefined);
    assert.equal(instanceOfChallenge(HOST, { ...claim, realm, instanceId: 'crx-a' }), undefined);
  });
});
