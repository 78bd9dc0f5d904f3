import assert from 'node:assert/strict';
import { ignoredEdits } from '../../../src/node/ignored-edits.ts';
import type { Pod } from '../../../src/kube/types.ts';

const pod = (image: string): Pod => ({ spec: { containers: [{ name: 'web', image }] } });

describe('edits of a running Pod', () => {
  it('of an image are named, with what goes on running and what to do', () => {
    assert.deepEqual(ignoredEdits(pod('nginx:1'), pod('nginx:2')), [
      {
        type: 'Warning',
        reason: 'UnsupportedPodSpec',
        message: 'spec.containers[0].image: the container group goes on with nginx:1; delete the Pod to run nginx:2',
      },
    ]);
  });
  it('of labels and annotations are none of our business', () => {
    assert.deepEqual(ignoredEdits(pod('nginx:1'), { ...pod('nginx:1'), metadata: { annotations: { a: 'b' } } }), []);
  });
});
