import { createSimClock, type MovableClock } from '../../../simulator/clock.ts';
import { defaultFixtureUrl, loadFixture } from '../../../simulator/fixtures/load-fixture.ts';
import { createSimulator } from '../../../simulator/simulator.ts';
import type { Simulator, SimulatorAddresses } from '../../../simulator/types.ts';

/** A simulator of the built-in fixture that listens. */
export interface RunningSimulator {
  simulator: Simulator;
  clock: MovableClock;
  addresses: SimulatorAddresses;
  /** Defects of the simulator; must stay empty. */
  defects: unknown[];
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts one on free ports. Stop it after use. */
export async function startSimulator(
  options: { random?: () => number; register?: (simulator: Simulator) => void } = {},
): Promise<RunningSimulator> {
  const clock = createSimClock();
  const defects: unknown[] = [];
  const simulator = createSimulator({
    fixture: await loadFixture(defaultFixtureUrl),
    clock,
    random: options.random ?? (() => 0),
    onDefect: (error) => defects.push(error),
  });
  options.register?.(simulator);
  const addresses = await simulator.start();
  return {
    simulator,
    clock,
    addresses,
    defects,
    control: async (method, path, body) => {
      const answer = await fetch(`${addresses.url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answer.json();
    },
  };
}
