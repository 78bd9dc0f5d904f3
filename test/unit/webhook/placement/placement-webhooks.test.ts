import assert from 'node:assert/strict';
import {
  createPlacementWebhooks,
  placementWebhookSpecs,
} from '../../../../src/webhook/placement/placement-webhooks.ts';
import type { LabelSelector } from '../../../../src/webhook/webhook-configuration.ts';
import { noLog } from '../../../../src/telemetry/types.ts';
import { aPod } from '../../../support/pod-builder.ts';

type Labels = Record<string, string>;

/** As the API server evaluates it. Source: Kubernetes documentation, labels and selectors. */
function matches(selector: LabelSelector | undefined, labels: Labels): boolean {
  return (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return operator satisfies never;
    }
  });
}

const specs = placementWebhookSpecs('Ignore');
const asked = (pod: Labels, namespace: Labels): string[] =>
  specs
    .filter((spec) => matches(spec.objectSelector, pod) && matches(spec.namespaceSelector, namespace))
    .map(({ path }) => path);

describe('the webhooks of placement', () => {
  const cases: Readonly<Record<string, [pod: Labels, namespace: Labels, paths: string[]]>> = {
    'never hear of an ordinary Pod': [{ app: 'web' }, { team: 'a' }, []],
    'hear of a labelled Pod once': [{ 'alibabacloud.com/eci': 'true' }, {}, ['/placement/pod']],
    'hear of a Pod with the older label': [{ eci: 'true' }, {}, ['/placement/pod']],
    'hear once of a Pod with both': [{ eci: 'true', 'alibabacloud.com/eci': 'true' }, {}, ['/placement/pod']],
    'do not hear of a Pod whose newer label says no': [{ eci: 'true', 'alibabacloud.com/eci': 'false' }, {}, []],
    'hear of a Pod of a labelled namespace': [{}, { 'alibabacloud.com/eci': 'true' }, ['/placement/namespace']],
    'hear of a Pod of a namespace with the older label': [{}, { eci: 'true' }, ['/placement/namespace']],
    'hear once where the namespace has both': [
      {},
      { eci: 'true', 'alibabacloud.com/eci': 'true' },
      ['/placement/namespace'],
    ],
    'do not hear of a Pod that says no in a namespace that asks': [
      { 'alibabacloud.com/eci': 'false' },
      { 'alibabacloud.com/eci': 'true' },
      [],
    ],
    'hear once of a labelled Pod in a labelled namespace': [
      { 'alibabacloud.com/eci': 'true' },
      { 'alibabacloud.com/eci': 'true' },
      ['/placement/pod'],
    ],
    'do not hear of kube-system': [
      { 'alibabacloud.com/eci': 'true' },
      { 'kubernetes.io/metadata.name': 'kube-system', 'alibabacloud.com/eci': 'true' },
      [],
    ],
  };
  for (const [name, [pod, namespace, paths]] of Object.entries(cases)) {
    it(name, () => assert.deepEqual(asked(pod, namespace), paths));
  }

  const set = createPlacementWebhooks({
    failurePolicy: 'Ignore',
    logger: noLog,
    placementOf: () => Promise.resolve({ taints: [], nodeSelector: { type: 'virtual-kubelet' } }),
  });
  const ask = async (path: string, pod = aPod(), more: { operation?: string; namespace?: string } = {}) =>
    await set.handlers.get(path)?.({
      uid: 'r',
      operation: more.operation ?? 'CREATE',
      kind: 'Pod',
      namespace: more.namespace ?? 'default',
      object: { ...pod },
    });

  it('place by the path when the Pod has no label', async () => {
    assert.equal((await ask('/placement/namespace'))?.patch?.length, 1);
    assert.deepEqual(await ask('/placement/pod'), {});
  });

  it('leave kube-system alone where namespaces have no label with their name', async () => {
    assert.deepEqual(await ask('/placement/namespace', aPod(), { namespace: 'kube-system' }), {});
  });

  it('only ever act on creations', async () => {
    assert.deepEqual(await ask('/placement/namespace', aPod(), { operation: 'UPDATE' }), {});
  });

  it('warn whoever creates a Pod that asks for ECI and for other nodes', async () => {
    const answer = await ask('/placement/namespace', aPod({ spec: { nodeSelector: { disk: 'ssd' } } }));
    assert.match(answer?.warnings?.[0] ?? '', /asks for ECI, and its nodeSelector asks for disk=ssd/);
  });

  it('are answered within five seconds or not waited for, and serve every path that is asked', () => {
    for (const { path, timeoutSeconds, failurePolicy } of specs) {
      assert.ok(set.handlers.has(path));
      assert.deepEqual([timeoutSeconds, failurePolicy], [5, 'Ignore']);
    }
  });
});
