import assert from 'node:assert/strict';
import { parsePodAnnotations } from '../../../../src/annotations/parse-pod-annotations.ts';
import { resolveResourceField } from '../../../../src/eci/downward-api/resource-field.ts';
import type { ResourceField } from '../../../../src/eci/downward-api/resource-field.ts';
import { groupCapacity } from '../../../../src/eci/size/group-capacity.ts';
import type { Container } from '../../../../src/kube/types.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';

function resolve(
  resources: NonNullable<Container['resources']>,
  field: ResourceField,
  annotations: Record<string, string> = {},
): string | undefined {
  const own = aContainer({ resources });
  const pod = aPod({ spec: { containers: [own, aContainer({ name: 'other', resources: { limits: { cpu: '3' } } })] } });
  const parsed = parsePodAnnotations(annotations);
  assert.ok(parsed.ok);
  return resolveResourceField(pod, field, { own, capacity: groupCapacity(pod, parsed.intent.request) });
}

describe('resolveResourceField', () => {
  const limits = { limits: { cpu: '250m', memory: '1Gi', 'ephemeral-storage': '2Gi' }, requests: { cpu: '100m' } };
  const cases: Readonly<Record<string, readonly [Parameters<typeof resolve>, string | undefined]>> = {
    'vCPU rounded up': [[limits, { resource: 'limits.cpu' }], '1'],
    'vCPU with the divisor that the API server stores': [[limits, { resource: 'limits.cpu', divisor: '0' }], '1'],
    'thousandths of vCPU': [[limits, { resource: 'limits.cpu', divisor: '1m' }], '250'],
    'bytes of memory': [[limits, { resource: 'limits.memory' }], '1073741824'],
    'memory in MiB': [[limits, { resource: 'limits.memory', divisor: '1Mi' }], '1024'],
    'memory rounded up': [[limits, { resource: 'limits.memory', divisor: '1G' }], '2'],
    storage: [[limits, { resource: 'limits.ephemeral-storage', divisor: '1Gi' }], '2'],
    'a request': [[limits, { resource: 'requests.cpu', divisor: '1m' }], '100'],
    'a request that is not set: the limit': [[limits, { resource: 'requests.memory', divisor: '1Mi' }], '1024'],
    'a request without a limit: nothing': [[{}, { resource: 'requests.cpu' }], '0'],
    'another container': [[limits, { resource: 'limits.cpu', containerName: 'other' }], '3'],
    'a limit that is not set: the group after rounding, 3 vCPU become 4': [
      [{}, { resource: 'limits.cpu', containerName: 'app' }],
      '4',
    ],
    'the memory of the group': [[{}, { resource: 'limits.memory', divisor: '1Gi' }], '8'],
    'the free storage of the group': [[{}, { resource: 'limits.ephemeral-storage', divisor: '1Gi' }], '30'],
    'the size that an annotation names': [
      [{}, { resource: 'limits.cpu' }, { 'k8s.aliyun.com/eci-use-specs': '16-32Gi,ecs.c6.large' }],
      '16',
    ],
    'what the containers need where a type of instance is named': [
      [{}, { resource: 'limits.cpu' }, { 'k8s.aliyun.com/eci-use-specs': 'ecs.c6.4xlarge' }],
      '4',
    ],
    'huge pages, of which there are none': [[{}, { resource: 'limits.hugepages-2Mi' }], '0'],
    'a container that is not there': [[{}, { resource: 'limits.cpu', containerName: 'nobody' }], undefined],
    'no resource': [[{}, { resource: 'cpu' }], undefined],
    'a name that every object inherits': [[limits, { resource: 'limits.constructor' }], '0'],
  };
  for (const [title, [input, expected]] of Object.entries(cases)) {
    it(`gives ${title}`, () => {
      assert.equal(resolve(...input), expected);
    });
  }
});
