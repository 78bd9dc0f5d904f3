import assert from 'node:assert/strict';
import { trimMetadata } from '../../../src/kube/trim-metadata.ts';

describe('trimMetadata', () => {
  it('drops managed fields and the copy that kubectl keeps, and nothing else', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'k8s.aliyun.com/eci-vpc': 'v' };
    const object = { kind: 'Pod', metadata: { name: 'a', managedFields: [{}], annotations } };
    trimMetadata(object);
    assert.deepEqual(object, { kind: 'Pod', metadata: { name: 'a', annotations: { 'k8s.aliyun.com/eci-vpc': 'v' } } });
  });

  it('copes with objects without metadata', () => {
    const object = {};
    trimMetadata(object);
    assert.deepEqual(object, {});
  });
});
