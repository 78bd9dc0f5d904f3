import assert from 'node:assert/strict';
import {
  assignHosts,
  hostsOf,
  mustLearnHosts,
  personalHosts,
} from '../../../../src/credential-helper/entries/hosts.ts';
import { entryPlan } from './entry-plans.ts';

describe('hosts of an entry', () => {
  it('are the names that it gives, and nothing else is asked', () => {
    const plan = entryPlan({ instanceId: 'cri-a', entry: { domains: ['a.example.com', 'b.example.com:8443'] } });
    assert.equal(mustLearnHosts(plan), false);
    assert.deepEqual(hostsOf(plan, ['learned.example.com']), ['a.example.com', 'b.example.com:8443']);
  });

  it('are every name that the service lists for an instance', () => {
    const plan = entryPlan({ instanceId: 'cri-a' });
    assert.equal(mustLearnHosts(plan), true);
    assert.equal(hostsOf(plan), undefined);
    assert.deepEqual(hostsOf(plan, ['x', 'y']), ['x', 'y']);
  });

  it('are three for Personal Edition in China, without a question', () => {
    const plan = entryPlan();
    assert.equal(mustLearnHosts(plan), false);
    assert.deepEqual(hostsOf(plan), [
      'registry.cn-hangzhou.aliyuncs.com',
      'registry-vpc.cn-hangzhou.aliyuncs.com',
      'registry-internal.cn-hangzhou.aliyuncs.com',
    ]);
  });

  it('are three more for Personal Edition elsewhere', () => {
    assert.deepEqual(personalHosts('ap-southeast-1').slice(3), [
      'registry-intl.ap-southeast-1.aliyuncs.com',
      'registry-intl-vpc.ap-southeast-1.aliyuncs.com',
      'registry-intl-internal.ap-southeast-1.aliyuncs.com',
    ]);
  });
});

describe('assignHosts', () => {
  it('leaves a host to the first entry and names both', () => {
    const { keepers, conflicts } = assignHosts([['a', 'b'], ['c'], ['b', 'd', 'c']]);
    assert.deepEqual(Object.fromEntries(keepers), { a: 0, b: 0, c: 1, d: 2 });
    assert.deepEqual(conflicts, [
      { host: 'b', keeper: 0, loser: 2 },
      { host: 'c', keeper: 1, loser: 2 },
    ]);
  });

  it('does not set an entry at odds with itself', () => {
    assert.deepEqual(assignHosts([['a', 'a']]).conflicts, []);
  });
});
