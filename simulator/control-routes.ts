import type { MovableClock } from './clock.ts';
import { numbersOf, type ControlTable } from './control.ts';
import type { FaultTable } from './faults.ts';
import type { Journal } from './types.ts';

export interface ControlParts {
  clock: MovableClock;
  /** How far the clock that request dates are compared with is off, in milliseconds. */
  skew: { ms: number };
  faults: FaultTable;
  journal: Journal;
  readState(): Promise<Record<string, unknown>>;
}

/** Adds the control paths that concern no single service. */
export function addControlRoutes(control: ControlTable, parts: ControlParts): void {
  const { clock, skew, faults, journal } = parts;
  const get = (path: string): { method: string; path: string } => ({ method: 'GET', path });
  const post = (path: string): { method: string; path: string } => ({ method: 'POST', path });

  control.add(get('/_sim/healthz'), () => ({ status: 'ok' }));
  control.add(get('/_sim/state'), () => parts.readState());

  control.add(get('/_sim/journal'), ({ query }) => {
    const after = query.get('after');
    const texts = ['action', 'product', 'result'].flatMap((name) => {
      const value = query.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    const entries = journal.entries({
      ...Object.fromEntries(texts),
      ...(after === undefined ? {} : { after: Number(after) }),
    });
    return { count: entries.length, entries };
  });
  control.add({ method: 'DELETE', path: '/_sim/journal' }, () => journal.clear());

  control.add(get('/_sim/faults'), () => ({ faults: faults.list() }));
  control.add(post('/_sim/faults'), ({ body }) => {
    faults.add(Array.isArray(body) ? body : [body]);
    return { faults: faults.list() };
  });
  control.add({ method: 'DELETE', path: '/_sim/faults' }, () => faults.clear());

  const clockState = (): Record<string, unknown> => ({
    now: new Date(clock.nowMs()).toISOString(),
    offsetMs: clock.offsetMs(),
    skewMs: skew.ms,
  });
  control.add(get('/_sim/clock'), clockState);
  control.add(post('/_sim/clock'), ({ body }) => {
    const { advanceMs, skewMs } = numbersOf(body, ['advanceMs', 'skewMs']);
    if (advanceMs !== undefined) clock.advance(advanceMs);
    if (skewMs !== undefined) skew.ms = skewMs;
    return clockState();
  });
}
