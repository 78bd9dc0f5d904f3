/** Injected faults: which calls they hit, and how often. What a fault does to a call is in `fault-effects.ts`. */

export const faultKinds = ['error', 'throttle', 'delay', 'reset', 'duplicate', 'lost', 'html', 'garbage'] as const;

/**
 * - `error`: refused with `status` and `code` (500 `InternalError`)
 * - `throttle`: refused with 400 `Throttling.User` and, if given, the header `x-acs-retry-after`
 * - `delay`: executed after `delayMs`
 * - `reset`: connection cut, nothing executed
 * - `duplicate`: executed twice, as when a network repeats a request; the first answer is given
 * - `lost`: executed, then the connection is cut
 * - `html`: 502 with a page of a gateway
 * - `garbage`: 200 with half a JSON object
 */
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  kind: FaultKind;
  /** Action that is hit, or `*`. */
  action: string;
  status?: number;
  code?: string;
  message?: string;
  /** Hits left; absent means no end. */
  count?: number;
  /** 0..1, default 1. */
  probability?: number;
  delayMs?: number;
  retryAfterMs?: number;
  /** Parameters that must have these values. */
  match?: Readonly<Record<string, string>>;
}

/** The faults in force. */
export interface FaultTable {
  /** @throws TypeError naming every problem of a fault that makes no sense; nothing is added then. */
  add(faults: readonly unknown[]): void;
  list(): Fault[];
  clear(): void;
  /** Takes the first fault that hits a call, and counts it. */
  take(action: string, params: ReadonlyMap<string, string>): Fault | undefined;
}

/** Creates an empty table. @param random 0 to 1, one excluded. */
export function createFaultTable(random: () => number): FaultTable {
  let faults: Fault[] = [];
  return {
    add: (added) => {
      faults = [...faults, ...added.map(parseFault)];
    },
    list: () => [...faults],
    clear: () => {
      faults = [];
    },
    take: (action, params) => {
      const hit = faults.find(
        (fault) =>
          (fault.action === '*' || fault.action === action) &&
          Object.entries(fault.match ?? {}).every(([name, value]) => params.get(name) === value) &&
          random() < (fault.probability ?? 1),
      );
      if (hit?.count !== undefined) {
        const left = hit.count - 1;
        faults = faults.flatMap((fault) => (fault !== hit ? [fault] : left > 0 ? [{ ...fault, count: left }] : []));
      }
      return hit;
    },
  };
}

const numberMembers: Readonly<Record<string, readonly [min: number, max: number]>> = {
  status: [400, 599],
  count: [1, Number.MAX_SAFE_INTEGER],
  probability: [0, 1],
  delayMs: [0, 600_000],
  retryAfterMs: [0, 600_000],
};

function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new TypeError('a fault must be an object');
  const members: Readonly<Record<string, unknown>> = { ...value };
  const problems = Object.entries(members).flatMap(([name, member]) => problemOf(name, member));
  for (const name of ['action', 'kind']) if (members[name] === undefined) problems.push(`${name} is missing`);
  if (members['kind'] === 'delay' && members['delayMs'] === undefined) problems.push('delayMs is missing');
  if (problems.length > 0) throw new TypeError(`not a usable fault: ${problems.join('; ')}`);
  return value as Fault;
}

function problemOf(name: string, value: unknown): string[] {
  const range = numberMembers[name];
  if (range !== undefined) {
    const isInRange = typeof value === 'number' && value >= range[0] && value <= range[1];
    return isInRange ? [] : [`${name} must be a number from ${range[0]} to ${range[1]}`];
  }
  switch (name) {
    case 'action':
    case 'code':
    case 'message':
      return typeof value === 'string' && value !== '' ? [] : [`${name} must be a text`];
    case 'kind':
      return faultKinds.some((kind) => kind === value) ? [] : [`kind must be one of ${faultKinds.join(', ')}`];
    case 'match': {
      const isTexts =
        typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
      return isTexts ? [] : ['match must map parameter names to texts'];
    }
    default:
      return [`${name} is not a member of a fault`];
  }
}
