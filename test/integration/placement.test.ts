import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { freePort } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { createPlatform } from '../support/platform.ts';
import type { Platform } from '../support/platform.ts';
import { podManifest } from '../support/pod-manifest.ts';
import type { ProductProcess } from '../support/product-process.ts';
import type { Pod } from '../../src/kube/types.ts';

const CONFIGURATION = 'mutatingwebhookconfiguration/eci-kubelet-placement';
const AUTHORITY = 'secret/eci-kubelet-webhook-authority';
const [firstVSwitch, secondVSwitch] = ['vsw-bp1xpiowfm5vo8o3c0001', 'vsw-bp1rzuzm6nu27mc0c0002'];
const toleration = {
  key: 'virtual-kubelet.io/provider',
  operator: 'Equal',
  value: 'alibabacloud',
  effect: 'NoSchedule',
};

describe('placement', function () {
  this.timeout(150_000);
  let platform: Platform;
  let product: ProductProcess;
  let webhookPort: number;

  const kubectl = async (args: readonly string[], stdin?: string): Promise<string> =>
    await platform.plane.kubectl(args, stdin);
  const profile = async (data: Record<string, string>): Promise<void> => {
    const metadata = { name: 'eci-profile', namespace: 'kube-system' };
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));
  };
  const create = async (name: string, options: Partial<Parameters<typeof podManifest>[0]> = {}): Promise<Pod> => {
    const manifest = JSON.stringify(podManifest({ name, nodeName: '', ...options }));
    return JSON.parse(await platform.kubectl(['create', '-o', 'json', '-f', '-'], manifest)) as Pod;
  };
  const asking = { labels: { 'alibabacloud.com/eci': 'true' } };
  const vSwitchOf = async (name: string): Promise<string | undefined> =>
    await eventually(`${name} is created at ECI`, async () => {
      const calls = await platform.simulator.journal({ action: 'CreateContainerGroup' });
      return calls.find(({ parameters }) => parameters['ContainerGroupName']?.includes(name))?.parameters['VSwitchId'];
    });
  const start = async (): Promise<ProductProcess> =>
    await platform.start({
      bare: true,
      flags: [
        '--placement-webhook',
        ...['--webhook-address', `127.0.0.1:${webhookPort}`],
        ...['--webhook-url', `https://127.0.0.1:${webhookPort}`],
      ],
    });
  const isServed = async (): Promise<void> => {
    await eventually('the webhook answers', async () => {
      const pod = JSON.parse(
        await platform.kubectl(
          ['create', '--dry-run=server', '-o', 'json', '-f', '-'],
          JSON.stringify(podManifest({ name: 'probe', nodeName: '', ...asking })),
        ),
      ) as Pod;
      return pod.spec?.nodeSelector !== undefined;
    });
  };

  before(async function () {
    platform = await createPlatform(this);
    webhookPort = await freePort();
    await profile({ vSwitchIds: firstVSwitch, securityGroupId: 'sg-bp1dktddjsg5nktv0001' });
    product = await start();
    await isServed();
  });

  after(async () => {
    if (platform === undefined) return;
    await kubectl(['delete', CONFIGURATION, '--ignore-not-found']);
    await kubectl(['delete', 'configmap/eci-profile', '--namespace', 'kube-system', '--ignore-not-found']);
    await platform.dispose();
  });

  it('brings the samples to the virtual node, past its taint, as they stand', async () => {
    try {
      await kubectl(['apply', '-f', 'samples/']);
      await kubectl(['wait', '--for=condition=Available', 'deployments', '--all', '--timeout=60s']);
      const taints = await kubectl(['get', 'node', platform.sandbox.nodeName, '-o', 'jsonpath={.spec.taints[*].key}']);
      assert.match(taints, /virtual-kubelet\.io\/provider/);
      const list = JSON.parse(await kubectl(['get', 'pods', '-l', 'alibabacloud.com/eci=true', '-o', 'json'])) as {
        items: Pod[];
      };
      // Those of an earlier suite may still be going.
      const pods = list.items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
      assert.equal(pods.length, 10);
      for (const { status, spec } of pods) {
        assert.deepEqual([status?.phase, spec?.nodeName], ['Running', platform.sandbox.nodeName]);
      }
    } finally {
      // While somebody runs who takes the finalizers off the image caches.
      await kubectl(['delete', '-f', 'samples/', '--ignore-not-found', '--timeout=60s']);
    }
  });

  it('leaves a Pod without a label alone, which then finds no node', async () => {
    const pod = await create('ordinary');
    assert.equal(pod.spec?.nodeSelector, undefined);
    await platform.waitFor(
      'the scheduler has looked',
      'pod/ordinary',
      '{.status.conditions[*].reason}',
      /Unschedulable/,
    );
  });

  it('follows the label of the namespace, unless the Pod says no', async () => {
    await kubectl(['label', 'namespace', platform.sandbox.namespace, 'alibabacloud.com/eci=true']);
    try {
      await eventually('the namespace counts', async () => {
        const pod = await create('in-namespace');
        if (pod.spec?.nodeSelector?.['type'] === 'virtual-kubelet') return pod;
        await platform.kubectl(['delete', 'pod/in-namespace', '--force', '--grace-period=0']);
        return undefined;
      });
      const refusing = await create('says-no', { labels: { 'alibabacloud.com/eci': 'false' } });
      assert.equal(refusing.spec?.nodeSelector, undefined);
      await platform.waitFor('it runs', 'pod/in-namespace', '{.status.phase}', /Running/);
    } finally {
      await kubectl(['label', 'namespace', platform.sandbox.namespace, 'alibabacloud.com/eci-']);
    }
  });

  it('adds what is needed and nothing that is there', async () => {
    const pod = await create('tolerant', {
      ...asking,
      spec: { tolerations: [toleration], nodeSelector: { 'kubernetes.io/os': 'linux' } },
    });
    assert.deepEqual(pod.spec?.nodeSelector, { 'kubernetes.io/os': 'linux', type: 'virtual-kubelet' });
    const own = pod.spec.tolerations?.filter(({ key }) => key === toleration.key);
    assert.deepEqual(own, [toleration]);
  });

  it('applies a changed profile to new Pods without a restart, with the effects of its selectors', async () => {
    assert.equal(await vSwitchOf('in-namespace'), firstVSwitch);
    const selectors = [
      {
        name: 'web',
        objectSelector: { matchLabels: { tier: 'web' } },
        effect: { annotations: { 'example.com/by-profile': 'yes' }, labels: { 'by-profile': 'yes' } },
      },
      {
        name: 'this-namespace',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
        effect: { annotations: { 'example.com/by-profile': 'no' } },
      },
    ];
    await profile({
      vSwitchIds: secondVSwitch,
      securityGroupId: 'sg-bp1dktddjsg5nktv0001',
      selectors: JSON.stringify(selectors),
    });
    await eventually('the change was read', async () => /eci-profile changed/.test(product.output()));
    const pod = await create('after-change', { labels: { ...asking.labels, tier: 'web' } });
    assert.equal(pod.metadata?.annotations?.['example.com/by-profile'], 'yes');
    assert.equal(pod.metadata.labels?.['by-profile'], 'yes');
    assert.equal(await vSwitchOf('after-change'), secondVSwitch);
  });

  it('takes nothing of a wrong change, and says on the ConfigMap what is wrong', async () => {
    await profile({ vSwitchIds: 'my-switch', securityGroupId: 'sg-bp1dktddjsg5nktv0001', selectors: '[{"nam":1}]' });
    const event = await eventually('an event on the ConfigMap', async () => {
      const events = await platform.events('ConfigMap', 'eci-profile');
      return events.find((line) => line.startsWith('ProfileInvalid: '));
    });
    assert.match(event, /vSwitchIds in ConfigMap kube-system\/eci-profile: "my-switch" is not accepted/);
    assert.match(event, /selectors\[0\]\.nam: is not known/);
    await create('after-mistake', asking);
    assert.equal(await vSwitchOf('after-mistake'), secondVSwitch);
  });

  it('makes new certificates when theirs are lost, and goes on', async () => {
    const bundle = async (): Promise<string> =>
      await kubectl(['get', CONFIGURATION, '-o', 'jsonpath={.webhooks[0].clientConfig.caBundle}']);
    const before = await bundle();
    await kubectl([
      'patch',
      AUTHORITY,
      '--namespace',
      'kube-system',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data"}]',
    ]);
    await eventually('another authority is trusted', async () => (await bundle()) !== before, { timeoutMs: 45_000 });
    await isServed();
  });

  it('keeps its configuration as it should be', async () => {
    await kubectl(['delete', CONFIGURATION]);
    await eventually('it is back', async () => await kubectl(['get', CONFIGURATION]), { timeoutMs: 45_000 });
  });

  it('keeps nobody waiting while it is down: labelled Pods are created as they are, others without a delay', async () => {
    await product.kill('SIGKILL');
    // Accepts connections and says nothing: the worst kind of down.
    const silent = createServer(() => {}).listen(webhookPort, '127.0.0.1');
    try {
      const startedAt = Date.now();
      await create('ordinary-while-down');
      const ordinaryMs = Date.now() - startedAt;
      const pod = await create('labelled-while-down', asking);
      const labelledMs = Date.now() - startedAt - ordinaryMs;
      assert.equal(pod.spec?.nodeSelector, undefined);
      assert.ok(ordinaryMs < 3000, `${ordinaryMs} ms`);
      assert.ok(labelledMs >= 4500 && labelledMs < 15_000, `${labelledMs} ms`);
    } finally {
      silent.close();
    }
  });

  it('is taken away when it is switched off', async () => {
    await profile({ vSwitchIds: firstVSwitch, securityGroupId: 'sg-bp1dktddjsg5nktv0001' });
    await platform.start({ bare: true, flags: ['--webhook-url', `https://127.0.0.1:${webhookPort}`] });
    await eventually('the configuration is gone', async () => {
      return (await kubectl(['get', CONFIGURATION, '--ignore-not-found'])).trim() === '';
    });
  });
});
