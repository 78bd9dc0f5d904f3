import type { Grammar } from '../grammar.ts';
import { matching } from './matching.ts';

/**
 * Reads the id of a cloud resource, such as `vsw-bp1…`.
 * @param prefix what ids of this kind start with, without the hyphen.
 * @param noun the kind in words, with its article: `a vSwitch id`.
 */
export function resourceId(prefix: string, noun: string): Grammar<string> {
  return matching({
    pattern: new RegExp(`^${prefix}-[A-Za-z0-9]+$`),
    description: `${noun}, \`${prefix}-…\``,
    message: `Not ${noun}. It starts with ${prefix}- and goes on with letters and digits.`,
  });
}
