import assert from 'node:assert/strict';
import type { CreateContainerGroupRequest } from '../../../../src/alibaba/eci-requests.ts';
import { resolveSize, type SizeRequest } from '../../../../src/eci/size/resolve-size.ts';
import type { Container, Pod } from '../../../../src/kube/types.ts';
import { aContainer, aPod } from '../../../support/pod-builder.ts';

const limits = (amounts: Record<string, string>): Partial<Container> => ({ resources: { limits: amounts } });
const requests = (amounts: Record<string, string>): Partial<Container> => ({ resources: { requests: amounts } });
const podOf = (...containers: Partial<Container>[]): Pod => aPod({ spec: { containers: containers.map(aContainer) } });

describe('resolveSize', () => {
  const cases: Readonly<
    Record<string, { pod: Pod; asked?: Partial<CreateContainerGroupRequest>; expected: SizeRequest }>
  > = {
    'gives 2 vCPU and 4 GiB when nothing is stated': { pod: podOf({}), expected: { cpu: 2, memory: 4 } },
    'adds up limits': {
      pod: podOf(limits({ cpu: '1', memory: '2Gi' }), limits({ cpu: '1', memory: '2Gi' })),
      expected: { cpu: 2, memory: 4 },
    },
    'adds up requests where there are no limits': {
      pod: podOf(requests({ cpu: '500m', memory: '1Gi' })),
      expected: { cpu: 0.5, memory: 1 },
    },
    'prefers limits to requests': {
      pod: podOf({ resources: { limits: { cpu: '4', memory: '8Gi' }, requests: { cpu: '1', memory: '1Gi' } } }),
      expected: { cpu: 4, memory: 8 },
    },
    'rounds up to a pair on sale everywhere, not to a regional one': {
      pod: podOf(limits({ cpu: '7', memory: '13Gi' })),
      expected: { cpu: 8, memory: 16 },
    },
    'takes more vCPU when only they bring the memory': {
      pod: podOf(limits({ cpu: '1', memory: '9Gi' })),
      expected: { cpu: 2, memory: 16 },
    },
    'gives 2 GiB for each vCPU when only vCPU are stated': {
      pod: podOf(limits({ cpu: '250m' })),
      expected: { cpu: 0.25, memory: 0.5 },
    },
    'gives the fewest vCPU that come with the memory when only memory is stated': {
      pod: podOf(limits({ memory: '8Gi' })),
      expected: { cpu: 1, memory: 8 },
    },
    'takes the largest init container when it is larger than the sum': {
      pod: aPod({
        spec: {
          containers: [aContainer(limits({ cpu: '1', memory: '2Gi' }))],
          initContainers: [
            aContainer({ name: 'a', ...limits({ cpu: '4', memory: '1Gi' }) }),
            aContainer({ name: 'b', ...limits({ cpu: '2', memory: '4Gi' }) }),
          ],
        },
      }),
      expected: { cpu: 4, memory: 4 },
    },
    'adds the overhead of the runtime class': {
      pod: aPod({
        spec: { containers: [aContainer(limits({ cpu: '1', memory: '2Gi' }))], overhead: { cpu: '1', memory: '1Gi' } },
      }),
      expected: { cpu: 2, memory: 4 },
    },
    'leaves out a container that asks for it': {
      pod: podOf(limits({ cpu: '1', memory: '2Gi' }), {
        ...limits({ cpu: '8', memory: '64Gi' }),
        env: [{ name: '__ECI_RESOURCE_IGNORE__', value: 'TRUE' }],
      }),
      expected: { cpu: 1, memory: 2 },
    },
    'lets resources of the whole Pod win': {
      pod: aPod({
        spec: { containers: [aContainer(limits({ cpu: '1' }))], resources: { limits: { cpu: '4', memory: '8Gi' } } },
      }),
      expected: { cpu: 4, memory: 8 },
    },
    'starts at 2 vCPU for spot instances': {
      pod: podOf(limits({ cpu: '500m', memory: '1Gi' })),
      asked: { spotStrategy: 'SpotAsPriceGo' },
      expected: { cpu: 2, memory: 1 },
    },
    'leaves the size to an explicit instance type': {
      pod: podOf(limits({ cpu: '64' })),
      asked: { instanceType: 'ecs.c6.large' },
      expected: {},
    },
    'takes the larger of annotation and ephemeral storage beyond the free 30 GiB': {
      pod: podOf(limits({ cpu: '1', memory: '2Gi', 'ephemeral-storage': '40Gi' })),
      asked: { ephemeralStorage: 5 },
      expected: { cpu: 1, memory: 2, ephemeralStorage: 10 },
    },
    'asks for no extra storage within the free 30 GiB': {
      pod: podOf(limits({ cpu: '1', memory: '2Gi', 'ephemeral-storage': '20Gi' })),
      expected: { cpu: 1, memory: 2 },
    },
  };
  for (const [title, { pod, asked = {}, expected }] of Object.entries(cases)) {
    it(title, () => {
      const { size, problems } = resolveSize(pod, asked);
      assert.deepEqual(problems, []);
      assert.deepEqual(size, expected);
    });
  }

  it('names the maximum when nothing on sale is large enough', () => {
    const { problems } = resolveSize(podOf(limits({ cpu: '65', memory: '4Gi' })), {});
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.message ?? '', /at most 64 vCPU and 512 GiB/);
    assert.equal(problems[0]?.value, '65 vCPU, 4 GiB');
  });

  it('asks for an instance type when a container wants a GPU', () => {
    const gpu = podOf(limits({ 'nvidia.com/gpu': '1' }));
    assert.match(resolveSize(gpu, {}).problems[0]?.message ?? '', /eci-use-specs/);
    assert.deepEqual(resolveSize(gpu, { instanceType: 'ecs.gn6i-c4g1.xlarge' }).problems, []);
  });
});
