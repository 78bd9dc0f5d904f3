import type { Fixture } from '../fixtures/fixture.ts';
import type { Simulator } from '../types.ts';

/** A registry that is not ACR: Docker Hub, a Harbor, a registry of one's own. */
export interface WorldRegistry {
  /** Host as image references spell it, with a port if any; `docker.io` for references without a host. */
  host: string;
  /** Absent: everybody may pull. */
  credentials?: { userName: string; password: string }[];
}

/** What the process of an image does when no container says otherwise: without it, it runs for ever. */
export interface WorldExit {
  afterMs: number;
  /** Default: 0. */
  code?: number;
}

/** An image of the fixture with what only container groups and the registry front need to know. */
export type WorldImage = NonNullable<Fixture['images']>[number] & { public?: boolean; exit?: WorldExit };

/** How the simulated ECI behaves where the cloud's own timing and quotas are not a given. */
export interface WorldEci {
  /** Time in `Scheduling`. Default: 300. */
  schedulingMs?: number;
  /** From the end of the last pull to `Running`, and the length of a successful init container. Default: 300. */
  startingMs?: number;
  /** From an accepted delete to the group being gone. Default: 300. */
  deletingMs?: number;
  /** How long preStop handlers take, at most the grace period. Default: 1000. */
  preStopMs?: number;
  /** vCPU quota of a region. Default: 100000. */
  maxCpu?: number;
  /** Default: 500. */
  maxImageCacheCount?: number;
  /** `documented` throttles at the published calls per minute. Default: `off`. */
  rateLimits?: 'documented' | 'off';
}

/** The part of the fixture that ECI and the registry front read. */
export type World = Pick<Fixture, 'accounts'> & {
  images?: WorldImage[];
  registries?: WorldRegistry[];
  eci?: WorldEci;
};

/** What ECI and the registry front need of the simulator that they are part of. */
export type EciHost = Pick<Simulator, 'register' | 'addState' | 'authorizer' | 'acr' | 'clock'> & {
  readonly fixture: World;
};
