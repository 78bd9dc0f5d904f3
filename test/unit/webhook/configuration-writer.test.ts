import assert from 'node:assert/strict';
import { noLog } from '../../../src/telemetry/types.ts';
import { ConfigurationWriter } from '../../../src/webhook/configuration-writer.ts';
import { placementWebhookSpecs } from '../../../src/webhook/placement/placement-webhooks.ts';
import { webhookConfiguration } from '../../../src/webhook/webhook-configuration.ts';
import { FakeKubeClient } from '../../support/fake-kube-client.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/placement';
const target = { service: { namespace: 'kube-system', name: 'eci-kubelet-webhook', port: 443 } };
const wanted = (caBundle = 'PEM') =>
  webhookConfiguration({ name: 'placement', webhooks: placementWebhookSpecs('Ignore'), target, caBundle });

function setUp(): { client: FakeKubeClient; writer: ConfigurationWriter } {
  const client = new FakeKubeClient();
  return { client, writer: new ConfigurationWriter({ client, logger: noLog, name: 'placement' }) };
}

describe('the writer of webhook configurations', () => {
  it('creates one that is missing', async () => {
    const { client, writer } = setUp();
    await writer.ensure(wanted());
    assert.deepEqual(client.writes(), [`create ${PATH.slice(0, PATH.lastIndexOf('/'))}`]);
  });

  it('writes nothing when all is as it should be', async () => {
    const { client, writer } = setUp();
    client.put(PATH, wanted());
    await writer.ensure(wanted());
    assert.deepEqual(client.writes(), []);
  });

  it('brings a new authority in, on the version that it read, and keeps labels of others', async () => {
    const { client, writer } = setUp();
    const stored = wanted('OLD');
    client.put(PATH, { ...stored, metadata: { ...stored.metadata, resourceVersion: '7', labels: { team: 'a' } } });
    await writer.ensure(wanted('NEW'));
    const written = client.objects.get(PATH);
    assert.equal(written?.metadata?.resourceVersion, '7');
    assert.deepEqual(written.metadata.labels, { team: 'a', 'app.kubernetes.io/managed-by': 'eci-kubelet' });
    assert.deepEqual(written['webhooks'], wanted('NEW')['webhooks']);
  });

  it('leaves it to another replica that was faster', async () => {
    const { client, writer } = setUp();
    client.put(PATH, wanted('OLD'));
    client.fail('replace', 'Conflict', 409);
    await writer.ensure(wanted('NEW'));
  });

  it('removes its own, and nothing of another installation or of somebody else', async () => {
    const { client, writer } = setUp();
    const own = wanted();
    client.put(PATH, own);
    await writer.remove({ service: { ...target.service, name: 'other' } });
    await writer.remove({ url: 'https://10.0.0.5' });
    assert.ok(client.objects.has(PATH));
    client.put(PATH, { ...own, metadata: { name: 'placement' } });
    await writer.remove(target);
    assert.ok(client.objects.has(PATH));
    client.put(PATH, own);
    await writer.remove(target);
    assert.ok(!client.objects.has(PATH));
    await writer.remove(target);
  });

  it('needs no permission to find out that there is nothing to remove', async () => {
    const { client, writer } = setUp();
    client.fail('get', 'Forbidden', 403);
    await writer.remove(target);
  });
});
