import { CONFIG_NAME } from '../../names.ts';
import type { Finding, RegistryEntry, Selection, WebhookSettings } from '../model.ts';
import { configKeys, type ConfigKey } from './config-keys.ts';
import { withLegacyHosts } from './entries.ts';
import { suggest } from './fields.ts';
import { listSome } from './list-some.ts';
import { describePlace } from './place.ts';
import { quote } from './quote.ts';
import { finding, unusable, type Reading } from './reading.ts';
import { readYaml, type YamlValue } from './yaml-value.ts';

/** What each key says, or that it cannot be used. */
export interface ConfigReading {
  serviceAccounts: Reading<Selection>;
  namespaces: Reading<Selection>;
  expiringThresholdMs: Reading<number>;
  notifyEmail: Reading<string>;
  entries: Reading<readonly RegistryEntry[]>;
  rrsaEnabled: Reading<boolean>;
  webhook: Reading<WebhookSettings>;
  /** About keys that change nothing. */
  others: readonly Finding[];
}

/** Where values come from: the two forms differ in this and in nothing else. */
interface Form {
  nameOf(key: ConfigKey<unknown>): string | undefined;
  /** The value of a key, or the reason why its text cannot be read. */
  valueOf(key: ConfigKey<unknown>): { value: YamlValue | undefined } | { problem: string };
  names: readonly { name: string; shown: string }[];
  /** The whole, in findings about it. */
  origin: string;
}

/** Reads the `data` of the ConfigMap. Never throws. */
export function readConfigMapData(data: Readonly<Record<string, string>>): ConfigReading {
  return readForm({
    origin: CONFIG_NAME,
    names: Object.keys(data).map((name) => ({ name, shown: quote(name) })),
    nameOf: ({ name }) => name,
    valueOf: ({ name, form }) => {
      const text = Object.hasOwn(data, name) ? data[name] : undefined;
      if (text === undefined) return { value: undefined };
      if (form === 'text') return { value: { kind: 'text', text, at: { line: 1, column: 1 } } };
      const read = readYaml(text);
      return read.kind === 'read' ? { value: read.value } : read;
    },
  });
}

/** Reads the parameters of the managed add-on. Never throws. @returns why nothing of it can be read, without any of the text. */
export function readManagedConfig(text: string): ConfigReading | { problem: string } {
  const read = readYaml(text);
  if (read.kind === 'unreadable') return read;
  const { value: document } = read;
  if (document?.kind !== 'map') return { problem: 'line 1, column 1: is not a JSON object' };
  return readForm({
    origin: 'managed-config-file',
    // Told by place: in a damaged file anything can look like a name.
    names: document.fields.map(({ name, at }) => ({ name, shown: `the field at ${describePlace(at)}` })),
    nameOf: ({ managedName }) => managedName,
    valueOf: ({ managedName, fromManaged }) => {
      const value = document.fields.find(({ name }) => name === managedName)?.value;
      return { value: value === undefined || fromManaged === undefined ? value : fromManaged(value) };
    },
  });
}

function readForm(form: Form): ConfigReading {
  const read = <T>(key: ConfigKey<T>): Reading<T> => {
    const name = form.nameOf(key) ?? key.name;
    const source = form.valueOf(key);
    return 'problem' in source ? unusable(name, source.problem) : key.read(source.value, name);
  };
  return {
    serviceAccounts: read(configKeys.serviceAccounts),
    namespaces: read(configKeys.namespaces),
    expiringThresholdMs: read(configKeys.expiringThresholdMs),
    notifyEmail: read(configKeys.notifyEmail),
    entries: withLegacyHosts(
      read(configKeys.entries),
      named(form, configKeys.entries),
      named(form, configKeys.legacyHosts),
    ),
    rrsaEnabled: read(configKeys.rrsaEnabled),
    webhook: read(configKeys.webhook),
    others: [...read(configKeys.apiVersion).findings, ...aboutUnknownKeys(form)],
  };
}

function named(form: Form, key: ConfigKey<unknown>): { value: YamlValue | undefined; key: string } {
  const source = form.valueOf(key);
  return { value: 'problem' in source ? undefined : source.value, key: form.nameOf(key) ?? key.name };
}

/** One warning for all of them together. */
function aboutUnknownKeys(form: Form): Finding[] {
  const known = Object.values(configKeys).flatMap((key) => form.nameOf(key) ?? []);
  const unknown = form.names.filter(({ name }) => !known.includes(name));
  if (unknown.length === 0) return [];
  const list = listSome(unknown.map(({ name, shown }) => `${shown}${suggest(name, known)}`));
  return [finding('ConfigWarning', form.origin, `not known and without effect: ${list}`)];
}
