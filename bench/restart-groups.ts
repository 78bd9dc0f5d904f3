import { callRpc, keys } from '../test/unit/simulator/sdk-clients.ts';
import type { SimulatorProcess } from '../test/support/simulator-process.ts';

const eciVersion = '2018-08-08';
const regionId = 'cn-hangzhou';

/** Restarts the containers of one group, as an operator does in the console. @returns when the cloud had answered, epoch milliseconds. */
export async function restartGroup(simulator: SimulatorProcess, containerGroupId: string): Promise<number> {
  await callRpc(simulator.url, keys.component, {
    action: 'RestartContainerGroup',
    version: eciVersion,
    query: { RegionId: regionId, ContainerGroupId: containerGroupId },
  });
  return Date.now();
}
