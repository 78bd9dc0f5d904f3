import assert from 'node:assert/strict';
import { instanceSize } from '../../../../simulator/eci/group/instance-size.ts';

type Request = Parameters<typeof instanceSize>[0];

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
    'is what the first readable instance type says': [
      { InstanceType: 'ecs.c6.large,4-8Gi', Cpu: 1, Container: [{}] },
      4,
      8,
    ],
  };
  for (const [title, [request, cpu, memory]] of Object.entries(cases)) {
    it(title, () => {
      assert.deepEqual(instanceSize(request), { cpu, memory });
    });
  }

  it('is refused when nothing sold is large enough', () => {
    assert.throws(() => instanceSize({ Cpu: 64, Memory: 1024, Container: [] }), {
      code: 'InvalidParameter.CPU.Memory',
    });
  });
});
