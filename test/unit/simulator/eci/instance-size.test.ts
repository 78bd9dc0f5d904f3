import assert from 'node:assert/strict';
import { instanceSpecs } from '../../../../simulator/eci/group/instance-size.ts';

type Request = Parameters<typeof instanceSpecs>[0];

describe('the size of an instance', () => {
  const cases: Record<string, [request: Request, cpu: number, memory: number]> = {
    'is 2 vCPU and 4 GiB when nothing is asked for': [{ Container: [{}] }, 2, 4],
    'is rounded up to what is sold': [{ Cpu: 7, Memory: 13, Container: [{}] }, 8, 16],
    'is the sum of the containers': [
      {
        Container: [
          { Cpu: 0.5, Memory: 1 },
          { Cpu: 0.5, Memory: 1 },
        ],
      },
      1,
      2,
    ],
    'grows in vCPU when the memory needs it': [{ Cpu: 0.25, Memory: 3, Container: [{}] }, 1, 4],
    'is what the first instance type says': [{ InstanceType: '4-8Gi,ecs.c6.large', Cpu: 1, Container: [{}] }, 4, 8],
    'is told by the name of an ECS type': [{ InstanceType: 'ecs.g6.2xlarge', Container: [{}] }, 8, 32],
    'is the asked one where the name of an ECS type does not tell': [
      { InstanceType: 'ecs.gn6i-c4g1.xlarge', Cpu: 4, Memory: 15, Container: [{}] },
      4,
      16,
    ],
  };
  for (const [title, [request, cpu, memory]] of Object.entries(cases)) {
    it(title, () => {
      const [first] = instanceSpecs(request);
      assert.deepEqual([first?.cpu, first?.memory], [cpu, memory]);
    });
  }

  it('keeps every instance type in order of preference', () => {
    const specs = instanceSpecs({ InstanceType: 'ecs.c6.xlarge, 2.0-4.0Gi', Container: [] });
    assert.deepEqual(specs, [
      { instanceType: 'ecs.c6.xlarge', cpu: 4, memory: 8 },
      { instanceType: '2-4Gi', cpu: 2, memory: 4 },
    ]);
  });

  it('is refused when nothing sold is large enough', () => {
    assert.throws(() => instanceSpecs({ Cpu: 64, Memory: 1024, Container: [] }), {
      code: 'InvalidParameter.CPU.Memory',
    });
  });
});
