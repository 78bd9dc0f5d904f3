import assert from 'node:assert/strict';
import { requestRegion } from '../../../simulator/request-region.ts';

describe('region of a request', () => {
  const cases: Record<string, { headers: Record<string, string>; region: string }> = {
    'is the one of the port': { headers: { host: '127.0.0.1:18080' }, region: 'cn-hangzhou' },
    'is told by a host name of the cloud': { headers: { host: 'cr.cn-beijing.aliyuncs.com' }, region: 'cn-beijing' },
    'is told by a host name inside a VPC': {
      headers: { host: 'cr-vpc.cn-shanghai.aliyuncs.com:443' },
      region: 'cn-shanghai',
    },
    'is told by a name under localhost': { headers: { host: 'cr.cn-beijing.localhost:18080' }, region: 'cn-beijing' },
    'is told by the header where the name tells nothing': {
      headers: { host: 'localhost:18080', 'x-acs-region-id': 'cn-beijing' },
      region: 'cn-beijing',
    },
    'is told by the name rather than by the header': {
      headers: { host: 'cr.cn-beijing.localhost', 'x-acs-region-id': 'cn-shanghai' },
      region: 'cn-beijing',
    },
    'is not read out of a global name': { headers: { host: 'sts.aliyuncs.com' }, region: 'cn-hangzhou' },
    'is not read out of a name that only ends alike': {
      headers: { host: 'cr.cn-beijing.aliyuncs.com.example.com' },
      region: 'cn-hangzhou',
    },
  };
  for (const [what, { headers, region }] of Object.entries(cases)) {
    it(what, () => assert.equal(requestRegion(headers, 'cn-hangzhou'), region));
  }
});
