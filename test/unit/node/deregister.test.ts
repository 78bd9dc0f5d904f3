import assert from 'node:assert/strict';
import type { Lease, Node, Pod } from '../../../src/kube/types.ts';
import { decideDeregistration } from '../../../src/node/deregister.ts';
import type { DeregistrationFacts } from '../../../src/node/deregister.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const node: Node = { metadata: { name: 'eci', uid: 'u', labels: { type: 'virtual-kubelet' } } };
const pod = (name: string, phase: string): Pod => ({ metadata: { namespace: 'shop', name }, status: { phase } });
const lease = (renewTime: string): Lease => ({ spec: { renewTime, leaseDurationSeconds: 40 } });
const idle: DeregistrationFacts = { node, lease: undefined, pods: [], nowMs: NOW, force: false };

describe('the decision to delete a Node', () => {
  const cases: Readonly<Record<string, readonly [Partial<DeregistrationFacts>, object]>> = {
    'goes ahead when nothing is left': [{}, { do: 'delete', uid: 'u', warnings: [] }],
    'does nothing without a Node': [{ node: undefined }, { do: 'nothing', why: 'there is no such node' }],
    'refuses a machine': [
      { node: { metadata: { name: 'worker-1', uid: 'w' } } },
      { do: 'refuse', reasons: ['worker-1 is not a virtual node'] },
    ],
    'refuses a machine also by force': [
      { node: { metadata: { name: 'worker-1', uid: 'w' } }, force: true },
      { do: 'refuse', reasons: ['worker-1 is not a virtual node'] },
    ],
    'refuses while a Pod runs': [
      { pods: [pod('web', 'Running')] },
      { do: 'refuse', reasons: ['a Pod has not ended: shop/web; drain the node first'] },
    ],
    'names some of many Pods': [
      { pods: ['f', 'e', 'd', 'c', 'b', 'a'].map((name) => pod(name, 'Pending')) },
      {
        do: 'refuse',
        reasons: ['6 Pods have not ended: shop/a, shop/b, shop/c, shop/d, shop/e and 1 more; drain the node first'],
      },
    ],
    'goes ahead with Pods that have ended': [
      { pods: [pod('job', 'Succeeded'), pod('other', 'Failed')] },
      { do: 'delete', uid: 'u', warnings: [] },
    ],
    'refuses while somebody renews the lease': [
      { lease: lease('2026-01-01T00:00:21.000000Z') },
      { do: 'refuse', reasons: ['eci-kubelet still serves it and would create it again; stop it first'] },
    ],
    'goes ahead with a lease that ran out': [
      { lease: lease('2026-01-01T00:00:20.000000Z') },
      { do: 'delete', uid: 'u', warnings: [] },
    ],
    'goes ahead by force, and says over what': [
      { pods: [pod('web', 'Running')], force: true },
      { do: 'delete', uid: 'u', warnings: ['a Pod has not ended: shop/web; drain the node first'] },
    ],
  };
  for (const [what, [facts, expected]] of Object.entries(cases)) {
    it(what, () => assert.deepEqual(decideDeregistration({ ...idle, ...facts }), expected));
  }
});
