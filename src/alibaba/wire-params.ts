/**
 * Request objects to wire parameters. The rule of the service: lists count from 1, objects join with dots, numbers are
 * decimal text, booleans are words, absent members are left out, an empty string is sent.
 * Source: ECI API reference, request parameters. Observed: `@alicloud/eci20180808` 2.0.3 against a recording server.
 */
import { EciKubeletError } from '../errors.ts';
import { revealText, Secret } from '../secret.ts';
import type { Text } from '../secret.ts';

/** Members whose wire name is not simply the name with a capital letter. */
const irregularNames: Readonly<Record<string, string>> = { nfsVolume: 'NFSVolume' };

/**
 * Flattens a request, sorted by name: the same request gives the same bytes whoever put it together and in which order,
 * which a retry with the same client token needs. Secrets are revealed here and nowhere else.
 * @throws EciKubeletError `InvalidRequest` for a number that is not finite.
 */
export function toWireParams(request: object): Record<string, string> {
  const params: [string, string][] = [];
  collect('', request, params);
  return Object.fromEntries(params.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * @returns every secret inside a request, so that the call wrapper can keep them out of messages; contents of files among them,
 *   because the token of a service account is one. They travel in base64: what they say is secret, too.
 */
export function secretsIn(value: unknown): Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    name === 'content' && (typeof member === 'string' || member instanceof Secret)
      ? [member, Buffer.from(revealText(member), 'base64').toString('utf8')].map(wrapped)
      : secretsIn(member),
  );
}

function wrapped(text: Text): Secret {
  return text instanceof Secret ? text : new Secret(text);
}

function collect(name: string, value: unknown, into: [string, string][]): void {
  if (value === undefined || value === null) return;
  if (value instanceof Secret) into.push([name, value.reveal()]);
  else if (Array.isArray(value)) value.forEach((item, index) => collect(`${name}.${index + 1}`, item, into));
  else if (typeof value === 'object') {
    for (const [member, inner] of Object.entries(value)) collect(joined(name, wireName(member)), inner, into);
  } else into.push([name, scalar(name, value)]);
}

function scalar(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' && Number.isFinite(value)) return decimal(value);
  throw new EciKubeletError('InvalidRequest', `${name} has a value that cannot be sent`);
}

/** Never in exponent form, which the service does not read. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(value < 1 ? 20 : 0).replace(/(\.\d*?)0+$/, '$1') : text;
}

function wireName(member: string): string {
  return irregularNames[member] ?? member.charAt(0).toUpperCase() + member.slice(1);
}

function joined(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
