import { optionRows } from './options.ts';
import type { Config } from './options.ts';

/**
 * JSON schema of a configuration, one property per option, generated from the table.
 * @param isSet leaves options out that nobody has set: compiling them takes most of the time of a short command.
 */
export function configSchema(isSet: (key: keyof Config) => boolean): Record<string, unknown> {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      optionRows
        .filter(([key, option]) => isSet(key) || option.required === true)
        .map(([key, option]) => [key, option.schema]),
    ),
    required: optionRows.filter(([, option]) => option.required === true).map(([key]) => key),
  };
}
