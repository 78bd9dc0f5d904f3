import { optionRows } from './options.ts';

/** JSON schema of a complete configuration, one property per option, generated from the table. */
export function configSchema(): Record<string, unknown> {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(optionRows.map(([key, option]) => [key, option.schema])),
    required: optionRows.filter(([, option]) => option.required === true).map(([key]) => key),
  };
}
