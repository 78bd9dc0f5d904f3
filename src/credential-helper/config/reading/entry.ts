import { classifyRegistryHost } from '../../../images/registry-host.ts';
import { Secret } from '../../../secret.ts';
import type { Finding, FindingReason, RegistryEntry } from '../model.ts';
import { readDomains } from './domains.ts';
import { entryFieldNames, INSTANCE_ID_ALIAS, type EntryFieldName } from './entry-fields.ts';
import { pickFields } from './fields.ts';
import { listSome } from './list-some.ts';
import { looksLikeKeyId, looksLikeSecret } from './quote.ts';
import { finding, textOf } from './reading.ts';
import { splitList } from './selection.ts';
import { isBlank, type YamlField, type YamlValue } from './yaml-value.ts';

/** What one element of `acr-registry-info` stands for: no entry when it cannot be used. */
export interface ReadEntry {
  entries: readonly RegistryEntry[];
  findings: readonly Finding[];
}

/** Life of a session where nothing is said, and its limits. Source: ACR documentation, expireDuration. */
export const sessionSeconds = { default: 3600, min: 3600, max: 43_200 } as const;

/** Of `crpi-…`, the id of a Personal Edition instance with a host of its own, the plan says more. */
const INSTANCE_ID = /^(?:cri|crpi)-[a-z0-9]+$/;
/** Regions become part of host names. Judged by shape alone: the list of regions grows. */
const REGION = /^[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*$/;
const ROLE_ARN = /^acs:ram::\d+:role\/[\w.@/-]+$/;
const PROVIDER_ARN = /^acs:ram::\d+:oidc-provider\/[\w.@/-]+$/;

/**
 * Reads one element. A fault makes this element unusable and no other one. Values are only repeated where they have the shape of an id,
 * a host or a number: a secret may have been pasted in the wrong place.
 * @param position in the list, counted from 1.
 */
export function readEntry(map: Extract<YamlValue, { kind: 'map' }>, position: number, key: string): ReadEntry {
  return new EntryReader(map, position, key).read();
}

class EntryReader {
  readonly #position: number;
  readonly #key: string;
  readonly #fields: Partial<Record<EntryFieldName, YamlValue>>;
  readonly #findings: Finding[] = [];
  #usable = true;

  constructor(map: Extract<YamlValue, { kind: 'map' }>, position: number, key: string) {
    this.#position = position;
    this.#key = key;
    const picked = pickFields({ ...map, fields: this.#withoutAlias(map.fields) }, entryFieldNames, this.#where());
    this.#fields = picked.fields;
    for (const { message } of picked.findings) this.#findings.push(this.#finding('ConfigWarning', message));
  }

  read(): ReadEntry {
    const ids = this.#instanceIds();
    const entry: RegistryEntry = {
      position: this.#position,
      ...present('regionId', this.#region()),
      ...present('domains', this.#domains(ids)),
      ...present('assumeRoleArn', this.#arn('assumeRoleARN', ROLE_ARN, 'role/<name>')),
      expireDurationSeconds: this.#duration(),
      ...present('rrsaRoleArn', this.#arn('rrsaRoleARN', ROLE_ARN, 'role/<name>')),
      ...present(
        'rrsaProviderArn',
        this.#arn('rrsaOIDCProviderRoleARN', PROVIDER_ARN, 'oidc-provider/ack-rrsa-<cluster id>'),
      ),
      ...present('accessKey', this.#accessKey()),
    };
    if (!this.#usable) return { entries: [], findings: this.#findings };
    const entries = ids.length === 0 ? [entry] : ids.map((instanceId) => ({ ...entry, instanceId }));
    return { entries, findings: this.#findings };
  }

  #instanceIds(): string[] {
    const text = this.#text('instanceId');
    const ids = [...new Set(splitList(text ?? ''))];
    if (text !== undefined && ids.length === 0) this.#refuse('instanceId holds no id');
    else if (ids.some((id) => !INSTANCE_ID.test(id) && looksLikeSecret(id))) this.#refuseSecret('instanceId');
    else if (ids.some((id) => !INSTANCE_ID.test(id)))
      this.#warn('instanceId does not look like the id of an Enterprise Edition instance, cri-…; it is used as it is');
    return ids;
  }

  #region(): string | undefined {
    const regionId = this.#text('regionId')?.toLowerCase();
    if (regionId === undefined || REGION.test(regionId)) return regionId;
    this.#refuse('regionId is no region id such as cn-hangzhou');
    return undefined;
  }

  #domains(ids: readonly string[]): readonly string[] | undefined {
    if (isBlank(this.#fields.domains)) return undefined;
    const domains = readDomains(this.#fields.domains);
    if (domains === undefined) {
      this.#refuse('domains is neither a text with commas between the names nor a list of names');
      return undefined;
    }
    const { hosts, invalid } = domains;
    if (hosts.length === 0 && invalid.length === 0) return undefined;
    // Without domains the entry would serve every host of the instance, which is more than was asked for.
    if (hosts.length === 0) this.#refuse('domains holds no host name');
    else if (invalid.length > 0)
      this.#warn(`domains: left out, being no host name: element ${listSome(invalid.map(String))}`);
    if (ids.length > 1)
      this.#refuse('several ids in instanceId and domains exclude each other; write one entry per id');
    if (ids.length === 0) this.#warnOfMissingId(hosts);
    return hosts;
  }

  #warnOfMissingId(hosts: readonly string[]): void {
    const enterprise = hosts.filter((host) => classifyRegistryHost(host).kind === 'enterprise');
    if (enterprise.length > 0)
      this.#warn(
        `instanceId is blank, but these are hosts of Enterprise Edition: ${listSome(enterprise)}; name the instance`,
      );
  }

  #arn(field: EntryFieldName, shape: RegExp, end: string): string | undefined {
    const arn = this.#text(field);
    if (arn === undefined || shape.test(arn)) return arn;
    // The one shape that is not sent: it would stand in events, logs and what STS answers.
    if (!arn.startsWith('acs:') && looksLikeSecret(arn)) this.#refuseSecret(field);
    else this.#warn(`${field} does not look like acs:ram::<account id>:${end}; it is used as it is`);
    return arn;
  }

  #duration(): number {
    const value = this.#fields.expireDuration;
    if (value === undefined || isBlank(value)) return sessionSeconds.default;
    if (isBlank(this.#fields.assumeRoleARN)) {
      this.#warn('expireDuration has no effect without assumeRoleARN');
      return sessionSeconds.default;
    }
    const text = textOf(value) ?? '';
    const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (seconds >= sessionSeconds.min && seconds <= sessionSeconds.max) return seconds;
    const shown = /^[+-]?[\d.]{1,12}[a-z]?$/.test(text) ? ` ${text}` : '';
    this.#add(
      'EntryInvalid',
      `expireDuration${shown} is no whole number of seconds from ${sessionSeconds.min} to ${sessionSeconds.max}; ${sessionSeconds.default} is used`,
    );
    return sessionSeconds.default;
  }

  #accessKey(): { id: string; secret: Secret } | undefined {
    const id = this.#text('customAccessKey');
    const secret = this.#text('customAccessKeySecret');
    if ((id === undefined) !== (secret === undefined)) {
      const [has, lacks] = id === undefined ? ['Secret', ''] : ['', 'Secret'];
      this.#refuse(`customAccessKey${has} is set and customAccessKey${lacks} is not; both are needed`);
    }
    if (id !== undefined && !looksLikeKeyId(id) && looksLikeSecret(id)) this.#refuseSecret('customAccessKey');
    return id === undefined || secret === undefined ? undefined : { id, secret: new Secret(secret) };
  }

  /** @returns undefined when the field says nothing; a list or mapping makes the entry unusable. */
  #text(field: EntryFieldName): string | undefined {
    const value = this.#fields[field];
    if (isBlank(value)) return undefined;
    const text = textOf(value);
    if (text === undefined) this.#refuse(`${field} is not a text`);
    return text;
  }

  #withoutAlias(fields: readonly YamlField[]): readonly YamlField[] {
    const alias = fields.find(({ name }) => name === INSTANCE_ID_ALIAS);
    if (alias === undefined) return fields;
    const others = fields.filter(({ name }) => name !== INSTANCE_ID_ALIAS);
    const both = others.some(({ name }) => name === 'instanceId');
    this.#warn(
      `${INSTANCE_ID_ALIAS} is ${both ? 'left out, because instanceId is there as well' : 'taken as instanceId'}`,
    );
    return both ? others : [...others, { ...alias, name: 'instanceId' }];
  }

  #refuse(text: string): void {
    this.#usable = false;
    this.#add('EntryInvalid', `${text}. The entry is not served, others are`);
  }

  /** Ids and ARNs are shown in many places; a secret in the wrong field must not be. */
  #refuseSecret(field: EntryFieldName): void {
    this.#refuse(`${field} looks like the secret of an access key; that belongs into customAccessKeySecret`);
  }

  #warn(text: string): void {
    this.#add('ConfigWarning', text);
  }

  #add(reason: FindingReason, text: string): void {
    this.#findings.push(this.#finding(reason, finding(reason, this.#where(), text).message));
  }

  #where(): string {
    return `${this.#key}, entry ${this.#position}`;
  }

  #finding(reason: FindingReason, message: string): Finding {
    return { reason, key: this.#key, position: this.#position, message };
  }
}

/** A member that is left out when there is nothing to say. */
function present<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, T>>);
}
