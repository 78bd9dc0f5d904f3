import assert from 'node:assert/strict';
import { terminalStatus } from '../../../src/node/terminal-status.ts';
import type { Pod } from '../../../src/kube/types.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const cause = { reason: 'NotFound', message: 'gone' };
const base = { name: 'web', image: 'nginx', imageID: 'sha', ready: true, restartCount: 2 };

function podWith(state: object, phase = 'Running'): Pod {
  return {
    metadata: { uid: 'u1' },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
    status: { phase, containerStatuses: [{ ...base, state }] },
  };
}

describe('the last status of a Pod', () => {
  it('fails a Pod whose container was running, as if killed, and keeps its restart count', () => {
    const status = terminalStatus(podWith({ running: { startedAt: '2025-12-31T00:00:00Z' } }), cause, NOW);
    assert.equal(status.phase, 'Failed');
    assert.equal(status.reason, 'NotFound');
    assert.equal(status.containerStatuses?.[0]?.restartCount, 2);
    assert.deepEqual(status.containerStatuses?.[0]?.state, {
      terminated: { exitCode: 137, ...cause, startedAt: '2025-12-31T00:00:00Z', finishedAt: '2026-01-01T00:00:00Z' },
    });
  });

  it('keeps how a container ended when that is known', () => {
    const status = terminalStatus(podWith({ terminated: { exitCode: 0 } }), cause, NOW);
    assert.equal(status.phase, 'Succeeded');
    assert.equal(status.reason, undefined);
  });

  it('never changes a final phase', () => {
    assert.equal(terminalStatus(podWith({ waiting: {} }, 'Succeeded'), cause, NOW).phase, 'Succeeded');
  });

  it('names every container of the spec, also those without a status', () => {
    const status = terminalStatus(
      {
        spec: {
          containers: [
            { name: 'a', image: 'x' },
            { name: 'b', image: 'y' },
          ],
        },
      },
      cause,
      NOW,
    );
    assert.deepEqual(
      status.containerStatuses?.map((container) => container.name),
      ['a', 'b'],
    );
  });
});
