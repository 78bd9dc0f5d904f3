import type { Answer } from './answer.ts';
import type { ControlHandler } from './types.ts';

/** Every control path begins so; no API of the cloud has a path like it. */
export const CONTROL_PREFIX = '/_sim/';

/** The control paths, by which tests look into the simulator and disturb it. They are not authenticated. */
export interface ControlTable {
  /** @throws Error when the path has another prefix or is taken. */
  add(route: { method: string; path: string }, handler: ControlHandler): void;
  answer(request: { method: string; path: string; query: ReadonlyMap<string, string>; body: Buffer }): Promise<Answer>;
}

/** Creates an empty table. */
export function createControlTable(): ControlTable {
  const handlers = new Map<string, ControlHandler>();
  return {
    add: ({ method, path }, handler) => {
      const route = `${method} ${path}`;
      if (!path.startsWith(CONTROL_PREFIX)) throw new Error(`${path} does not begin with ${CONTROL_PREFIX}`);
      if (handlers.has(route)) throw new Error(`${route} is added twice`);
      handlers.set(route, handler);
    },
    answer: async ({ method, path, query, body }) => {
      const handler = handlers.get(`${method} ${path}`);
      if (handler === undefined) {
        return {
          kind: 'json',
          status: 404,
          body: { error: 'no such control path', known: [...handlers.keys()].sort() },
        };
      }
      try {
        const content: unknown = body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
        return { kind: 'json', status: 200, body: (await handler({ query, body: content })) ?? {} };
      } catch (error) {
        return { kind: 'json', status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
      }
    },
  };
}

/** @throws TypeError naming members of a body that are not known. */
export function membersOf(body: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) throw new TypeError(`the body must be JSON with ${known.join(', ')}`);
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`unknown members: ${unknown.join(', ')}; known are ${known.join(', ')}`);
  return { ...body };
}

/** @returns those of the members that are there. @throws TypeError naming one that is no number. */
export function numbersOf<Name extends string>(body: unknown, names: readonly Name[]): Partial<Record<Name, number>> {
  const members: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const value = members[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} must be a number`);
    numbers[name] = value;
  }
  return numbers;
}
