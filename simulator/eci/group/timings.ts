import type { FixtureEci } from '../../fixtures/fixture.ts';

/** How long the steps of a group take, in milliseconds. */
export type Timings = Required<Pick<FixtureEci, 'schedulingMs' | 'startingMs' | 'deletingMs' | 'preStopMs'>>;

/** Far shorter than the cloud's, so that demos and tests do not wait. */
const DEFAULTS: Timings = { schedulingMs: 300, startingMs: 300, deletingMs: 300, preStopMs: 1000 };

/** @returns the fixture's timings, completed by the defaults. */
export function timingsOf({ schedulingMs, startingMs, deletingMs, preStopMs }: FixtureEci = {}): Timings {
  return {
    schedulingMs: schedulingMs ?? DEFAULTS.schedulingMs,
    startingMs: startingMs ?? DEFAULTS.startingMs,
    deletingMs: deletingMs ?? DEFAULTS.deletingMs,
    preStopMs: preStopMs ?? DEFAULTS.preStopMs,
  };
}
