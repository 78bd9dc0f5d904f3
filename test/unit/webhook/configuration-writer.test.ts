import assert from 'node:assert/strict';
import { noLog } from '../../../src/telemetry/types.ts';
import { ConfigurationWriter } from '../../../src/webhook/configuration-writer.ts';
import { placementWebhookSpecs } from '../../../src/webhook/placement/placement-webhooks.ts';
import {
  webhookConfiguration,
  type Configuration,
  type WebhookOwner,
  type WebhookTarget,
} from '../../../src/webhook/webhook-configuration.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/placement';
const target = { service: { namespace: 'kube-system', name: 'eci-kubelet-webhook', port: 443 } };
const shared: WebhookOwner = { managedBy: 'eci-kubelet' };
const installed: WebhookOwner = { managedBy: 'helper', installation: 'kube-system/one' };
const wanted = (caBundle = 'PEM', owner = shared): Configuration =>
  webhookConfiguration({ name: 'placement', owner, webhooks: placementWebhookSpecs('Ignore'), target, caBundle });

function setUp(owner = shared): {
  client: FakeKubeClient;
  writer: ConfigurationWriter;
  writerFor: (target: WebhookTarget) => ConfigurationWriter;
} {
  const client = new FakeKubeClient();
  const writerFor = (to: WebhookTarget): ConfigurationWriter =>
    new ConfigurationWriter({ client, logger: noLog, name: 'placement', owner, target: to });
  return { client, writer: writerFor(target), writerFor };
}

describe('the writer of webhook configurations', () => {
  it('creates one that is missing', async () => {
    const { client, writer } = setUp();
    await writer.ensure(() => wanted());
    assert.deepEqual(client.writes(), [`create ${PATH.slice(0, PATH.lastIndexOf('/'))}`]);
  });

  it('writes nothing when all is as it should be', async () => {
    const { client, writer } = setUp();
    client.put(PATH, wanted());
    await writer.ensure(() => wanted());
    assert.deepEqual(client.writes(), []);
  });

  it('brings a new authority in, on the version that it read, and keeps labels of others', async () => {
    const { client, writer } = setUp();
    const stored = wanted('OLD');
    client.put(PATH, { ...stored, metadata: { ...stored.metadata, resourceVersion: '7', labels: { team: 'a' } } });
    await writer.ensure(() => wanted('NEW'));
    const written = client.objects.get(PATH);
    assert.equal(written?.metadata?.resourceVersion, '7');
    assert.deepEqual(written.metadata.labels, { team: 'a', 'app.kubernetes.io/managed-by': 'eci-kubelet' });
    assert.deepEqual(written['webhooks'], wanted('NEW')['webhooks']);
  });

  it('asks again what is wanted when another replica was faster', async () => {
    const { client, writer } = setUp();
    client.put(PATH, wanted('OLD'));
    client.fail('replace', 'Conflict', 409);
    let asked = 0;
    const outcome = await writer.ensure(() => {
      asked += 1;
      return wanted('NEW');
    });
    assert.deepEqual([asked, outcome.state], [2, 'stands']);
    assert.deepEqual(client.objects.get(PATH)?.['webhooks'], wanted('NEW')['webhooks']);
  });

  it('gives up when others write all the time', async () => {
    const { client, writer } = setUp();
    client.put(PATH, wanted('OLD'));
    for (let time = 0; time < 20; time += 1) client.fail('replace', 'Conflict', 409);
    await assert.rejects(
      writer.ensure(() => wanted('NEW')),
      { code: 'Kube.Conflict' },
    );
  });

  it('writes nothing where nothing is wanted', async () => {
    const { client, writer } = setUp();
    assert.deepEqual(await writer.ensure(() => undefined), { state: 'absent' });
    client.put(PATH, wanted());
    assert.equal((await writer.ensure(() => undefined)).state, 'stands');
    assert.deepEqual(client.writes(), []);
  });

  it('leaves one alone that another installation has, and takes it back from an editor', async () => {
    const { client, writer } = setUp(installed);
    const others = wanted('OLD', { managedBy: 'helper', installation: 'kube-system/two' });
    for (const foreign of [others, wanted('OLD', { managedBy: 'somebody' }), wanted('OLD', { managedBy: 'helper' })]) {
      client.put(PATH, foreign);
      assert.deepEqual(await writer.ensure(() => wanted('NEW', installed)), { state: 'foreign' });
      await writer.remove();
      assert.deepEqual(client.objects.get(PATH), foreign);
    }
    const edited = wanted('OLD', installed);
    client.put(PATH, { ...edited, ...{ webhooks: [] } });
    assert.equal((await writer.ensure(() => wanted('NEW', installed))).state, 'stands');
    assert.deepEqual(client.objects.get(PATH)?.['webhooks'], wanted('NEW')['webhooks']);
    await writer.remove();
    assert.ok(!client.objects.has(PATH));
  });

  it('removes its own, and nothing of another installation or of somebody else', async () => {
    const { client, writer, writerFor } = setUp();
    const own = wanted();
    client.put(PATH, own);
    await writerFor({ service: { ...target.service, name: 'other' } }).remove();
    await writerFor({ url: 'https://10.0.0.5' }).remove();
    assert.ok(client.objects.has(PATH));
    client.put(PATH, { ...own, metadata: { name: 'placement' } });
    await writer.remove();
    assert.ok(client.objects.has(PATH));
    client.put(PATH, own);
    await writer.remove();
    assert.ok(!client.objects.has(PATH));
    await writer.remove();
  });

  it('needs no permission to find out that there is nothing to remove', async () => {
    const { client, writer } = setUp();
    client.fail('get', 'Forbidden', 403);
    await writer.remove();
  });
});
