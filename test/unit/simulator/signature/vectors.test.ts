import assert from 'node:assert/strict';
import { array, assert as assertProperty, property, string, tuple } from 'fast-check';
import { canonicalQuery, decodeParameters, percentEncode } from '../../../../simulator/signature/canonical.ts';
import { signRoa } from '../../../../simulator/signature/roa.ts';
import { signRpc } from '../../../../simulator/signature/rpc.ts';
import { parseV3Authorization, sha256Hex, signV3 } from '../../../../simulator/signature/v3.ts';

const emptySha256 = sha256Hex('');

describe('V3 signature', () => {
  it('reproduces the sample of the vendor documentation', () => {
    const headers = {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-content-sha256': emptySha256,
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
    };
    const { signature } = signV3(
      {
        method: 'POST',
        path: '/',
        query: decodeParameters('ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai'),
        headers,
        signedHeaders: Object.keys(headers),
        bodySha256: emptySha256,
      },
      'YourAccessKeySecret',
    );
    assert.equal(signature, '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0');
  });

  it('signs decoded values, however loosely the client escaped them', () => {
    const headers = {
      host: 'cr.cn-hangzhou.aliyuncs.com',
      'x-acs-version': '2018-12-01',
      'x-acs-action': 'GetAuthorizationToken',
      'x-acs-date': '2026-01-02T03:04:05Z',
      'x-acs-signature-nonce': '00112233445566778899aabbccddeeff',
      'x-acs-content-sha256': emptySha256,
      'x-acs-credentials-provider': 'static_sts',
      'x-acs-accesskey-id': 'STS.abc',
      'x-acs-security-token': 'TOK/en+with=chars',
    };
    for (const query of ['InstanceId=cri-abc%20(x)*~', 'InstanceId=cri-abc+%28x%29%2A%7E']) {
      const { signature } = signV3(
        {
          method: 'POST',
          path: '/',
          query: decodeParameters(query),
          headers,
          signedHeaders: Object.keys(headers),
          bodySha256: emptySha256,
        },
        'STSSECRET',
      );
      assert.equal(signature, '6eaef695e073de04a3b01944e51d15718019505b26abef41d92abc0caf2fce2a');
    }
  });

  it('refuses an Authorization header that is not well formed', () => {
    for (const header of [
      'ACS3-HMAC-SHA256',
      'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=zz',
      `ACS3-HMAC-SHA1 Credential=a,SignedHeaders=host,Signature=${emptySha256}`,
    ]) {
      assert.equal(parseV3Authorization(header), undefined);
    }
  });
});

describe('legacy RPC signature', () => {
  it('reproduces a request of the credentials library', () => {
    const { signature } = signRpc(
      'POST',
      [
        ['AccessKeyId', 'LTAItest'],
        ['Action', 'AssumeRole'],
        ['Format', 'JSON'],
        ['RoleArn', 'acs:ram::123:role/r'],
        ['RoleSessionName', 'alice'],
        ['DurationSeconds', '900'],
        ['SignatureMethod', 'HMAC-SHA1'],
        ['SignatureNonce', 'n1'],
        ['SignatureVersion', '1.0'],
        ['Timestamp', '2026-01-02T03:04:05Z'],
        ['Version', '2015-04-01'],
        ['Signature', 'is left out'],
      ],
      'SECRETtest',
    );
    assert.equal(signature, 'd7wD0CETtzyeFLoF1civAJn3WoI=');
  });
});

describe('legacy ROA signature', () => {
  it('reproduces a request for a Personal Edition token', () => {
    const { signature } = signRoa(
      {
        method: 'GET',
        path: '/tokens',
        query: [],
        headers: {
          accept: 'application/json',
          date: 'Fri, 02 Jan 2026 03:04:05 GMT',
          'x-acs-action': 'GetAuthorizationToken',
          'x-acs-signature-method': 'HMAC-SHA1',
          'x-acs-signature-nonce': 'n1',
          'x-acs-signature-version': '1.0',
          'x-acs-version': '2016-06-07',
        },
      },
      'SECRETtest',
    );
    assert.equal(signature, 'FemhhI+gDYar9mz/OlGVss2QXYc=');
  });
});

describe('canonical query', () => {
  it('escapes everything that RFC 3986 does not leave alone', () => {
    assert.equal(percentEncode("a b!'()*~_-.é"), 'a%20b%21%27%28%29%2A~_-.%C3%A9');
  });

  it('is a fixed point of decoding, for any text', () => {
    const pairs = array(tuple(string({ unit: 'grapheme', minLength: 1 }), string({ unit: 'grapheme' })));
    assertProperty(
      property(pairs, (parameters) => {
        const canonical = canonicalQuery(parameters);
        assert.equal(canonicalQuery(decodeParameters(canonical)), canonical);
      }),
      { numRuns: 100 },
    );
  });
});
