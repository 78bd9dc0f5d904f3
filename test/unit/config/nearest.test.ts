import assert from 'node:assert/strict';
import { nearest } from '../../../src/config/nearest.ts';

describe('nearest', () => {
  const words = ['pod-workers', 'poll-interval', 'node-pods'];
  it('finds a mistyped word in any spelling of it', () => {
    assert.equal(nearest('podWorker', words), 'pod-workers');
    assert.equal(nearest('POLL_INTERVALL', words), 'poll-interval');
  });
  it('finds nothing when nothing is close', () => assert.equal(nearest('kubeconfig', words), undefined));
});
