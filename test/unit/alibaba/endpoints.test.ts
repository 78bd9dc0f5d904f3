import assert from 'node:assert/strict';
import { crEndpoint, eciEndpoint, parseEndpoint, stsEndpoint } from '../../../src/alibaba/endpoints.ts';

describe('endpoints', () => {
  const cases: Record<string, [actual: string, expected: string]> = {
    'ECI is regional': [eciEndpoint('cn-hangzhou').host, 'eci.cn-hangzhou.aliyuncs.com'],
    'ECI inside a VPC': [eciEndpoint('cn-hangzhou', { network: 'vpc' }).host, 'eci-vpc.cn-hangzhou.aliyuncs.com'],
    'ECI finance regions lose their number in public': [
      eciEndpoint('cn-shanghai-finance-1').host,
      'eci.cn-shanghai-finance.aliyuncs.com',
    ],
    'ECI finance regions keep it inside a VPC': [
      eciEndpoint('cn-shanghai-finance-1', { network: 'vpc' }).host,
      'eci-vpc.cn-shanghai-finance-1.aliyuncs.com',
    ],
    'STS is regional': [stsEndpoint('eu-central-1').host, 'sts.eu-central-1.aliyuncs.com'],
    'STS of the finance region is that of its city': [
      stsEndpoint('cn-hangzhou-finance', { network: 'vpc' }).host,
      'sts-vpc.cn-hangzhou.aliyuncs.com',
    ],
    'CR inside a VPC': [crEndpoint('cn-beijing', { network: 'vpc' }).host, 'cr-vpc.cn-beijing.aliyuncs.com'],
    'an override may be a template': [
      crEndpoint('cn-beijing', { override: 'http://cr.{region}.localhost:8080' }).host,
      'cr.cn-beijing.localhost:8080',
    ],
    'an override wins over the network': [eciEndpoint('cn-hangzhou', { network: 'vpc', override: 'e:1' }).host, 'e:1'],
  };
  for (const [name, [actual, expected]] of Object.entries(cases)) {
    it(name, () => assert.equal(actual, expected));
  }

  it('are HTTPS unless they say otherwise', () => {
    assert.deepEqual(parseEndpoint('127.0.0.1:8080'), { protocol: 'https', host: '127.0.0.1:8080' });
    assert.deepEqual(parseEndpoint('http://[::1]:8080/'), { protocol: 'http', host: '[::1]:8080' });
    assert.deepEqual(parseEndpoint('h', { protocol: 'http' }), { protocol: 'http', host: 'h' });
  });

  for (const text of ['', 'ftp://h', 'http://h/path', 'http://user:pw@h', 'h:port', 'h?x=1', 'a b']) {
    it(`refuse "${text}"`, () => assert.throws(() => parseEndpoint(text), { code: 'InvalidEndpoint' }));
  }

  it('refuse a region that would change the host', () => {
    for (const region of ['cn-hangzhou.evil.com/', 'evil.com#', '', 'CN']) {
      assert.throws(() => crEndpoint(region), { code: 'InvalidEndpoint' });
    }
  });
});
