import assert from 'node:assert/strict';
import { placementWebhookSpecs } from '../../../src/webhook/placement/placement-webhooks.ts';
import { says, webhookConfiguration } from '../../../src/webhook/webhook-configuration.ts';

const wanted = webhookConfiguration({
  name: 'eci-kubelet-placement',
  owner: { managedBy: 'eci-kubelet' },
  webhooks: placementWebhookSpecs('Ignore'),
  target: { service: { namespace: 'kube-system', name: 'eci-kubelet-webhook', port: 443 } },
  caBundle: 'PEM',
});

/** What the API server makes of it. */
function stored(): Record<string, unknown> {
  const copy = structuredClone(wanted);
  copy.metadata = { ...copy.metadata, uid: 'u', resourceVersion: '7', generation: 1 };
  const webhooks = copy['webhooks'] as Record<string, unknown>[];
  for (const webhook of webhooks) webhook['matchPolicy'] = 'Equivalent';
  return copy;
}

describe('a webhook configuration', () => {
  it('is complete with the defaults of the API server', () => assert.equal(says(stored(), wanted), true));

  it('names the path at the Service, or at a URL', () => {
    const [first] = wanted['webhooks'] as { clientConfig: { service: { path: string }; caBundle: string } }[];
    assert.equal(first?.clientConfig.service.path, '/placement/pod');
    assert.equal(Buffer.from(first.clientConfig.caBundle, 'base64').toString(), 'PEM');
    const outside = webhookConfiguration({
      name: 'x',
      owner: { managedBy: 'eci-kubelet' },
      webhooks: placementWebhookSpecs('Fail'),
      target: { url: 'https://10.0.0.5:9443/' },
      caBundle: 'PEM',
    });
    const [webhook] = outside['webhooks'] as { clientConfig: { url: string }; failurePolicy: string }[];
    assert.deepEqual(
      [webhook?.clientConfig.url, webhook?.failurePolicy],
      ['https://10.0.0.5:9443/placement/pod', 'Fail'],
    );
  });

  const changes: Readonly<Record<string, (webhooks: Record<string, unknown>[]) => void>> = {
    'another authority': ([first]) => void Object.assign(first ?? {}, { clientConfig: { caBundle: 'x' } }),
    'a webhook that is gone': (webhooks) => void webhooks.pop(),
    'a webhook more': (webhooks) => void webhooks.push({ name: 'more' }),
    'another failure policy': ([first]) => void Object.assign(first ?? {}, { failurePolicy: 'Fail' }),
    'a condition': ([first]) =>
      void Object.assign(first ?? {}, { matchConditions: [{ name: 'n', expression: 'false' }] }),
    'a requirement more': ([first]) =>
      void Object.assign(first?.['objectSelector'] ?? {}, { matchLabels: { app: 'x' } }),
    'a selector that is gone': ([first]) => void delete first?.['objectSelector'],
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`is not what it should be with ${name}`, () => {
      const changed = stored();
      change(changed['webhooks'] as Record<string, unknown>[]);
      assert.equal(says(changed, wanted), false);
    });
  }
});
