import assert from 'node:assert/strict';
import { PriorityFifo } from '../../../src/kube/priority-fifo.ts';

function drain(fifo: PriorityFifo): string[] {
  const keys: string[] = [];
  for (let next = fifo.take(); next !== undefined; next = fifo.take()) keys.push(next.key);
  return keys;
}

describe('PriorityFifo', () => {
  it('takes lower numbers first, and the first come among equals', () => {
    const fifo = new PriorityFifo();
    fifo.push('create-1', 2);
    fifo.push('status', 0);
    fifo.push('create-2', 2);
    fifo.push('delete', 1);
    assert.deepEqual(drain(fifo), ['status', 'delete', 'create-1', 'create-2']);
  });

  it('holds a key once and only ever makes it more urgent', () => {
    const fifo = new PriorityFifo();
    fifo.push('a', 2);
    fifo.push('b', 2);
    fifo.push('b', 0);
    fifo.push('b', 1);
    assert.equal(fifo.size(), 2);
    assert.deepEqual(drain(fifo), ['b', 'a']);
  });

  it('takes the oldest of all where that is asked for; a key that became more urgent is as old as before', () => {
    const fifo = new PriorityFifo();
    fifo.push('sweep', 3);
    fifo.push('change', 1);
    fifo.push('event', 0);
    fifo.push('change', 0);
    fifo.push('late', 0);
    assert.deepEqual(
      [fifo.take('oldest'), fifo.take('oldest'), fifo.take(), fifo.take('oldest'), fifo.take('oldest')],
      [
        { key: 'sweep', priority: 3 },
        { key: 'event', priority: 0 },
        { key: 'change', priority: 0 },
        { key: 'late', priority: 0 },
        undefined,
      ],
    );
  });

  it('stays in order over many keys', () => {
    const fifo = new PriorityFifo();
    const keys = Array.from({ length: 5000 }, (_, index) => `key-${index}`);
    for (const key of keys) fifo.push(key, 0);
    assert.deepEqual(drain(fifo), keys);
    assert.equal(fifo.size(), 0);
  });
});
