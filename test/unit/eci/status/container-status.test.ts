import assert from 'node:assert/strict';
import { containerStatus } from '../../../../src/eci/status/container-status.ts';
import type { ContainerStatus } from '../../../../src/kube/types.ts';
import { aContainer } from '../../../support/pod-builder.ts';

const previous: ContainerStatus = {
  name: 'app',
  image: 'a',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: {} },
};

describe('containerStatus', () => {
  const cases: Readonly<
    Record<string, { told?: boolean; before?: ContainerStatus; state?: 'running' | 'waiting'; ready: boolean }>
  > = {
    'is ready when the cloud says so': { told: true, ready: true },
    'is not ready when the cloud says so': { told: false, before: previous, ready: false },
    'is not ready while nobody has ever said so': { ready: false },
    'stays ready when an answer does not tell': { before: previous, ready: true },
    'stays unready when an answer does not tell': { before: { ...previous, ready: false }, ready: false },
    'is never ready without running': { told: true, before: previous, state: 'waiting', ready: false },
  };
  for (const [title, { told, before, state = 'running', ready }] of Object.entries(cases)) {
    it(title, () => {
      const status = containerStatus({
        container: aContainer(),
        observed: { name: 'app', state: { [state]: {} }, ...(told === undefined ? {} : { ready: told }) },
        previous: before,
        waitingReason: 'ContainerCreating',
        restartPolicy: 'Always',
      });
      assert.equal(status.ready, ready);
    });
  }

  it('has the id of the container with its type in front, and keeps it while answers leave it out', () => {
    const terminated = { exitCode: 0, reason: 'Completed', containerId: '4f1c' };
    const common = { container: aContainer(), waitingReason: 'ContainerCreating', restartPolicy: 'Never' } as const;
    const ended = containerStatus({
      ...common,
      observed: { name: 'app', state: { terminated } },
      previous: undefined,
    });
    assert.equal(ended.containerID, 'containerd://4f1c');
    const later = containerStatus({ ...common, observed: undefined, previous: ended });
    assert.equal(later.containerID, 'containerd://4f1c');
  });
});
