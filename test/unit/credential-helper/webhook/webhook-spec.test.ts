import assert from 'node:assert/strict';
import type { Selection, WebhookSettings } from '../../../../src/credential-helper/config/model.ts';
import {
  excludedNamespaces,
  haveNameLabels,
  webhookSpec,
} from '../../../../src/credential-helper/webhook/webhook-spec.ts';

const label = 'kubernetes.io/metadata.name';
const settings: WebhookSettings = { enabled: true, failurePolicy: 'Ignore', timeoutSeconds: 10 };
const fail: WebhookSettings = { ...settings, failurePolicy: 'Fail', timeoutSeconds: 30 };
const some: Selection = { kind: 'named', names: ['team-a', 'team-b'] };
const all: Selection = { kind: 'all' };
const excluded = excludedNamespaces('registry-tools');

describe('the webhook for ServiceAccounts', () => {
  it('hears of new ServiceAccounts and of nothing else', () => {
    const { spec } = webhookSpec({ settings, namespaces: some, named: true, excluded });
    assert.deepEqual(spec.rules, [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['serviceaccounts'] },
    ]);
    assert.deepEqual([spec.timeoutSeconds, spec.failurePolicy, spec.reinvocationPolicy], [10, 'Ignore', 'IfNeeded']);
    assert.ok(spec.name.split('.').length >= 3);
  });

  it('is asked in watched namespaces only, by name', () => {
    const { spec } = webhookSpec({ settings, namespaces: some, named: true, excluded });
    assert.deepEqual(spec.namespaceSelector, {
      matchExpressions: [{ key: label, operator: 'In', values: ['team-a', 'team-b'] }],
    });
  });

  it('is not asked in namespaces of the cluster and its own, where all are watched', () => {
    const { spec } = webhookSpec({ settings, namespaces: all, named: true, excluded });
    const values = ['kube-system', 'kube-public', 'kube-node-lease', 'registry-tools'];
    assert.deepEqual(spec.namespaceSelector, { matchExpressions: [{ key: label, operator: 'NotIn', values }] });
    assert.deepEqual(excludedNamespaces('kube-system'), values.slice(0, 3));
  });

  it('refuses only where it can be told which namespaces that is for', () => {
    const told = webhookSpec({ settings: fail, namespaces: some, named: true, excluded });
    assert.deepEqual([told.spec.failurePolicy, told.spec.timeoutSeconds, told.warning], ['Fail', 30, undefined]);
    const untold = webhookSpec({ settings: fail, namespaces: some, named: false, excluded });
    assert.deepEqual([untold.spec.failurePolicy, untold.spec.namespaceSelector], ['Ignore', {}]);
    assert.match(untold.warning ?? '', /^failure-policy Fail: .*kubernetes\.io\/metadata\.name.*Ignore is used$/);
    assert.equal(webhookSpec({ settings, namespaces: some, named: false, excluded }).warning, undefined);
  });

  const clusters: Readonly<Record<string, [Parameters<typeof haveNameLabels>[0], boolean]>> = {
    'as Kubernetes 1.21 and later label them': [[{ metadata: { name: 'a', labels: { [label]: 'a' } } }], true],
    'of 1.20': [[{ metadata: { name: 'a' } }], false],
    'of 1.20, some of them labelled by hand': [
      [{ metadata: { name: 'a', labels: { [label]: 'a' } } }, { metadata: { name: 'b', labels: {} } }],
      false,
    ],
    'with the label of another': [[{ metadata: { name: 'a', labels: { [label]: 'b' } } }], false],
  };
  for (const [name, [namespaces, expected]] of Object.entries(clusters)) {
    it(`${expected ? 'goes' : 'does not go'} by names for namespaces ${name}`, () => {
      assert.equal(haveNameLabels(namespaces), expected);
    });
  }
});
