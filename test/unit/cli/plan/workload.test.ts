import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { parseManifest } from '../../../../src/cli/plan/parse-manifest.ts';
import { extractWorkload } from '../../../../src/cli/plan/workload.ts';
import type { Extracted } from '../../../../src/cli/plan/workload.ts';

const podSpec = { containers: [{ name: 'web', image: 'nginx' }] };

function extract(object: object): Extracted {
  const source = parseManifest('a.yaml', stringify(object)).objects[0];
  assert.ok(source !== undefined);
  return extractWorkload(source);
}

describe('extractWorkload', () => {
  const metadata = { name: 'web', namespace: 'shop' };
  const template = { metadata: { annotations: { 'k8s.aliyun.com/eci-auto-imc': 'true' } }, spec: podSpec };
  const kinds: Record<string, object> = {
    Deployment: { apiVersion: 'apps/v1', spec: { template } },
    StatefulSet: { apiVersion: 'apps/v1', spec: { template } },
    DaemonSet: { apiVersion: 'apps/v1', spec: { template } },
    ReplicaSet: { apiVersion: 'apps/v1', spec: { template } },
    ReplicationController: { apiVersion: 'v1', spec: { template } },
    Job: { apiVersion: 'batch/v1', spec: { template } },
    CronJob: { apiVersion: 'batch/v1', spec: { jobTemplate: { spec: { template } } } },
    PodTemplate: { apiVersion: 'v1', template },
  };
  for (const [kind, rest] of Object.entries(kinds)) {
    it(`finds the Pod of a ${kind}, in its namespace and owned by it`, () => {
      const { workload, problems } = extract({ kind, metadata, ...rest });
      assert.deepEqual(problems, []);
      assert.ok(workload?.type === 'pod');
      assert.equal(workload.title, `${kind}/web`);
      assert.equal(workload.pod.metadata?.namespace, 'shop');
      assert.deepEqual(workload.pod.metadata?.annotations, template.metadata.annotations);
      assert.equal(workload.pod.metadata?.ownerReferences?.[0]?.kind, kind);
    });
  }

  it('takes a Pod as it is, in the namespace default', () => {
    const { workload } = extract({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: podSpec });
    assert.ok(workload?.type === 'pod');
    assert.equal(workload.pod.metadata?.namespace, 'default');
    assert.equal(workload.pod.metadata?.ownerReferences, undefined);
  });

  it('takes an ImageCache of the right group only', () => {
    const cache = { kind: 'ImageCache', metadata: { name: 'c' }, spec: { images: ['nginx'] } };
    assert.equal(extract({ apiVersion: 'eci.alibabacloud.com/v1', ...cache }).workload?.type, 'image-cache');
    assert.equal(extract({ apiVersion: 'example.com/v1', ...cache }).workload, undefined);
  });

  it('passes over kinds that lead to no Pod', () => {
    assert.deepEqual(extract({ apiVersion: 'v1', kind: 'Service', metadata }), { problems: [], warnings: [] });
  });

  it('warns about annotations on the workload itself, where they do nothing', () => {
    const annotations = { 'k8s.aliyun.com/acr-instance-ids': 'cri-a', 'example.com/x': 'y' };
    const { warnings } = extract({
      kind: 'Deployment',
      metadata: { ...metadata, annotations },
      ...kinds['Deployment'],
    });
    assert.deepEqual(
      warnings.map(({ key, message }) => `${key} ${message}`),
      ['k8s.aliyun.com/acr-instance-ids has no effect here; move it to spec.template.metadata.annotations'],
    );
  });

  const incomplete: Record<string, [object: object, key: string]> = {
    'no kind': [{ apiVersion: 'v1', metadata }, 'kind'],
    'no apiVersion': [{ kind: 'Pod', metadata }, 'kind'],
    'no name': [{ apiVersion: 'v1', kind: 'Pod', spec: podSpec }, 'metadata.name'],
    'no containers': [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } }, 'spec.containers'],
    'no template': [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: {} }, 'spec.template.spec.containers'],
  };
  for (const [name, [object, key]] of Object.entries(incomplete)) {
    it(`reports an object with ${name}`, () => assert.equal(extract(object).problems[0]?.key, key));
  }
});
