import assert from 'node:assert/strict';
import type { Pod } from '../../../src/kube/types.ts';
import { createPodRecord } from '../../../src/node/pod-record.ts';
import { StatusWriter } from '../../../src/node/status-writer.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';

const PATH = '/api/v1/namespaces/shop/pods/web';
const pod: Pod = {
  metadata: { uid: 'u1', name: 'web', namespace: 'shop' },
  spec: { containers: [] },
  status: { phase: 'Pending' },
};
const desired = { phase: 'Running', hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.1' }] };

/** An API server of the time before `hostIPs`. */
class OldKubeClient extends FakeKubeClient {
  override async patch<T>(...args: Parameters<FakeKubeClient['patch']>): Promise<T> {
    const updated = await super.patch<Pod>(...args);
    delete updated.status?.hostIPs;
    const stored = this.objects.get(PATH) as Pod | undefined;
    delete stored?.status?.hostIPs;
    return updated as T;
  }
}

describe('the status writer', () => {
  for (const [sentence, client] of [
    ['writes once what the API server keeps', new FakeKubeClient()],
    ['does not write again and again what an older API server drops', new OldKubeClient()],
  ] as const) {
    it(sentence, async () => {
      client.put(PATH, pod);
      const writer = new StatusWriter({ client, clock: new FakeClock() });
      const record = createPodRecord(pod, { attempt: 1, instanceId: undefined, nowMs: 0 });
      for (let time = 0; time < 5; time++) await writer.writeNow(record, desired);
      assert.equal(client.writes().length, 1);
    });
  }

  it('does not keep managed fields of an answer, which nobody reads', async () => {
    const client = new FakeKubeClient();
    client.put(PATH, { ...pod, metadata: { ...pod.metadata, managedFields: [{ manager: 'kubectl' }] } });
    const record = createPodRecord(pod, { attempt: 1, instanceId: undefined, nowMs: 0 });
    await new StatusWriter({ client, clock: new FakeClock() }).writeNow(record, desired);
    assert.equal(record.pod?.status?.phase, 'Running');
    assert.equal(record.pod.metadata?.managedFields, undefined);
  });
});
