import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { createEventRecorder } from '../../src/kube/events.ts';
import type { KubeObject } from '../../src/kube/types.ts';
import { controlPlaneOrSkip } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { createKubeSandbox } from '../support/kube-sandbox.ts';
import type { KubeSandbox } from '../support/kube-sandbox.ts';

interface Event extends KubeObject {
  reason?: string;
  message?: string;
  count?: number;
}

describe('events, with a real API server', () => {
  let plane: ControlPlane;
  let sandbox: KubeSandbox;
  before(async function () {
    plane = await controlPlaneOrSkip(this);
    sandbox = await createKubeSandbox(plane);
  });
  after(() => sandbox?.dispose());

  const recorder = () =>
    createEventRecorder({
      client: sandbox.client,
      clock: systemClock,
      source: { component: 'eci-kubelet', host: sandbox.nodeName },
      scrub: (text) => text,
    });

  it('counts identical ones in one object that kubectl shows', async () => {
    const target = { apiVersion: 'v1', kind: 'Pod', namespace: sandbox.namespace, name: 'web', uid: 'uid-1' };
    const events = recorder();
    for (let index = 0; index < 5; index += 1) {
      events.emit(target, 'Warning', 'ProviderCreateFailed', `NoStock ${'镜'.repeat(600)}`);
      await events.flush();
    }
    events.emit(target, 'Normal', 'ProviderCreateSuccess', 'created');
    await events.flush();
    const { items } = await sandbox.client.list<Event>(`/api/v1/namespaces/${sandbox.namespace}/events`, {
      fieldSelector: 'involvedObject.uid=uid-1',
    });
    const counts = Object.fromEntries(items.map(({ reason, count }) => [reason, count]));
    assert.deepEqual(counts, { ProviderCreateFailed: 5, ProviderCreateSuccess: 1 });
    const shown = await plane.kubectl(['-n', sandbox.namespace, 'get', 'events']);
    assert.match(shown, /ProviderCreateSuccess\s+pod\/web\s+created/);
  });

  it('keeps events of a Node in the namespace default', async () => {
    const events = recorder();
    const uid = `uid-${sandbox.nodeName}`;
    events.emit({ apiVersion: 'v1', kind: 'Node', name: sandbox.nodeName, uid }, 'Normal', 'Ready', 'x');
    await events.flush();
    const { items } = await sandbox.client.list<Event>('/api/v1/namespaces/default/events', {
      fieldSelector: `involvedObject.uid=${uid}`,
    });
    assert.equal(items.length, 1);
  });
});
