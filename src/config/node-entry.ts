import * as grammars from './grammars.ts';
import type { AbsentOf, Option, OptionDetails, Plain } from './option.ts';
import { taintEffects, taintPattern } from './taint.ts';

/** One virtual node as the configuration file describes it. What is left out is as the options of the single node say. */
export interface NodeEntry {
  name: string;
  zoneId?: string;
  vswitchIds?: readonly string[];
  securityGroupId?: string;
  /** Added to those of `node-labels`; an equal key replaces. */
  labels?: Readonly<Record<string, string>>;
  /** In place of those of `taints`, `key=value:Effect`. */
  taints?: readonly string[];
  cpu?: string;
  memory?: string;
  pods?: number;
  ephemeralStorage?: string;
  gpu?: number;
  extendedResources?: Readonly<Record<string, string>>;
  architecture?: 'amd64' | 'arm64';
  internalIp?: string;
  kubeletPort?: number;
}

interface Field {
  accepts: string;
  schema: Readonly<Record<string, unknown>>;
}

const text = ({ pattern, accepts }: { pattern: string; accepts: string }): Field => ({
  accepts,
  schema: { type: 'string', pattern },
});

const integer = (min: number, max: number): Field => ({
  accepts: `a whole number from ${min} to ${max}`,
  schema: { type: 'integer', minimum: min, maximum: max },
});

const map = ({ keyPattern, pattern, accepts }: { keyPattern: string; pattern: string; accepts: string }): Field => ({
  accepts,
  schema: {
    type: 'object',
    propertyNames: { pattern: keyPattern },
    additionalProperties: { type: 'string', pattern },
  },
});

const list = ({ pattern, accepts }: { pattern: string; accepts: string }, maxItems: number, minItems = 0): Field => ({
  accepts,
  schema: { type: 'array', items: { type: 'string', pattern }, minItems, maxItems, uniqueItems: true },
});

const fields: Readonly<Record<keyof NodeEntry, Field>> = {
  name: text(grammars.nodeName),
  zoneId: text(grammars.zoneId),
  vswitchIds: list(grammars.vSwitchId, 10, 1),
  securityGroupId: text(grammars.securityGroupId),
  labels: map(grammars.labels),
  taints: list(
    {
      pattern: taintPattern,
      accepts: `taints of the form key=value:Effect with an effect of ${taintEffects.join(', ')}`,
    },
    100,
  ),
  cpu: text(grammars.quantity),
  memory: text(grammars.quantity),
  pods: integer(1, 100_000),
  ephemeralStorage: text(grammars.quantity),
  gpu: integer(0, 100_000),
  extendedResources: map(grammars.extendedResources),
  architecture: { accepts: 'one of amd64, arm64', schema: { enum: ['amd64', 'arm64'] } },
  internalIp: text(grammars.ipAddress),
  kubeletPort: integer(0, 65_535),
};

/** Several virtual nodes. There is no flag: a command line is no place for that; the variable takes JSON. */
export function nodeEntries<const D extends OptionDetails>(details: D): Option<readonly NodeEntry[] | AbsentOf<D>> {
  return {
    ...details,
    type: 'list of nodes',
    accepts: `1 to 100 nodes, each with a name and any of ${Object.keys(fields).slice(1).join(', ')}`,
    noFlag: true,
    secret: false,
    repeatable: false,
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, schema])),
      },
    },
    fields: Object.fromEntries(Object.entries(fields).map(([key, { accepts }]) => [key, accepts])),
    fromText: parseJson,
    toValue: (plain) => (Array.isArray(plain) ? plain : []),
  };
}

/** @returns the text itself when it is no JSON, so that the schema refuses it. */
function parseJson(line: string): Plain {
  try {
    return JSON.parse(line) as Plain;
  } catch {
    return line;
  }
}
