import type { Fixture } from '../fixtures/fixture.ts';
import type { Simulator } from '../types.ts';

/** The part of the fixture that ECI and the registry front read. */
export type World = Pick<Fixture, 'accounts' | 'images' | 'registries' | 'eci'>;

/** What ECI and the registry front need of the simulator that they are part of. */
export type EciHost = Pick<
  Simulator,
  'register' | 'addState' | 'addControl' | 'addWebSocket' | 'authorizer' | 'acr' | 'clock'
> & {
  readonly fixture: World;
};
