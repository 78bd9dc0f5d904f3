import assert from 'node:assert/strict';
import { parseTaint, taintPattern } from '../../../src/config/taint.ts';

describe('taints', () => {
  const pattern = new RegExp(taintPattern);
  const accepted = ['a:NoSchedule', 'a=:NoSchedule', 'x.io/a-b=1.2:NoExecute', 'a=b:PreferNoSchedule'];
  const refused = [
    'a',
    'a=b',
    'a=b:',
    'a=b:noschedule',
    '=b:NoSchedule',
    'a b=c:NoSchedule',
    '/a=b:NoSchedule',
    '-a:NoSchedule',
  ];
  for (const text of accepted) it(`accepts ${text}`, () => assert.match(text, pattern));
  for (const text of refused) it(`refuses ${text}`, () => assert.doesNotMatch(text, pattern));
  it('split into key, value and effect', () => {
    assert.deepEqual(parseTaint('x.io/a=b:NoExecute'), { key: 'x.io/a', value: 'b', effect: 'NoExecute' });
  });
});
