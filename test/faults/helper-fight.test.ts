import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { SECRET_NAME } from '../../src/credential-helper/names.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import type { ClosableKubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import type { ServiceAccount } from '../../src/kube/types.ts';
import { createHelperPlatform } from '../support/helper-platform.ts';
import type { HelperPlatform } from '../support/helper-platform.ts';
import { recordHistory } from '../support/object-history.ts';

const NAMESPACE = 'helper-fight';
const NAME = 'app';
const SECONDS = 95;
const wanted = [{ name: 'of-the-repository' }];

describe('a GitOps client that resets a ServiceAccount every second', function () {
  this.timeout(180_000);
  let platform: HelperPlatform;
  let client: ClosableKubeClient;

  before(async function () {
    platform = await createHelperPlatform(this);
    const kubeConfig = await loadKubeConfig({ kind: 'file', paths: [platform.plane.kubeconfigPath] });
    client = createKubeClient({
      kubeConfig,
      clock: systemClock,
      userAgent: 'gitops-controller',
      keepManagedFields: true,
    });
    await platform.createNamespace(NAMESPACE);
    // With something of its own in it from the start: of others, old API servers never tell who writes them.
    await client.create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: NAME },
      imagePullSecrets: wanted,
    });
    await platform.configure({
      'service-account': NAME,
      'watch-namespace': NAMESPACE,
      'acr-registry-info': '- instanceId: cri-a1b2c3d4e5f6g7h8\n  regionId: cn-hangzhou\n',
    });
    await platform.start({ flags: ['--token-mode', 'workerRole'] });
    await platform.attached(NAMESPACE, NAME);
  });

  after(async () => {
    await platform?.dispose();
    await client?.close();
  });

  it('is answered with one write in 30 s at most, and an event that names it', async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${NAME}`;
    const history = await recordHistory<ServiceAccount>(client, `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`);
    for (let second = 0; second < SECONDS; second += 1) {
      await client.patch(path, { imagePullSecrets: wanted }, 'merge');
      await delay(1000);
    }
    await history.stop();
    // Each version that has the entry while the one before had not is a write of ours.
    const has = (account: ServiceAccount | undefined): boolean =>
      (account?.imagePullSecrets ?? []).some(({ name }) => name === SECRET_NAME);
    const own = history.versions
      .map(({ object, seenAtMs }) => ({ object, seenAtMs }))
      .filter(({ object }) => object.metadata?.name === NAME)
      .filter(({ object }, index, all) => has(object) && index > 0 && !has(all[index - 1]?.object));
    assert.ok(own.length >= 2 && own.length <= Math.ceil(SECONDS / 30), `${own.length} writes in ${SECONDS} s`);
    for (const [index, { object, seenAtMs }] of own.entries()) {
      const before = own[index - 1];
      assert.ok(before === undefined || seenAtMs - before.seenAtMs >= 29_000, 'two writes within 30 s');
      assert.deepEqual(object.imagePullSecrets, [...wanted, { name: SECRET_NAME }]);
    }
    const event = await platform.event({ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }, /^AttachFailed/);
    assert.match(event, /gitops-controller/);
    assert.match(event, /Have that program leave the entry/);
  });
});
