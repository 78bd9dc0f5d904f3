/** Every key of the ConfigMap `acr-configuration`: reading, warnings about unknown keys and the reference page come from this table. */
import type { RegistryEntry, Selection, WebhookSettings } from '../model.ts';
import { readEntries } from './entries.ts';
import { quote } from './quote.ts';
import { finding, textOf, type Reader, type Reading } from './reading.ts';
import { readRrsa } from './rrsa.ts';
import { isNamespaceName, isServiceAccountName, readSelection } from './selection.ts';
import { readThreshold } from './threshold.ts';
import { readWebhook } from './webhook.ts';
import type { YamlValue } from './yaml-value.ts';

/** One key. */
export interface ConfigKey<T> {
  /** In the ConfigMap. */
  name: string;
  /** In the JSON of the managed add-on; absent where that has no such parameter. */
  managedName?: string;
  /** Whether the value in the ConfigMap is taken as it is, or is itself YAML. */
  form: 'text' | 'yaml';
  /** For the reference page, in words. */
  grammar: string;
  default: string;
  help: string;
  read: Reader<T>;
  /** Makes of a parameter of the managed add-on what the key would hold. */
  fromManaged?: (value: YamlValue) => YamlValue;
}

/** What the vendor's older samples have; current ones mask it. */
const DEFAULT_EMAIL = 'cs@aliyuncs.com';
const API_VERSION = '2018-12-01';

const ALL_NAMESPACES =
  'all includes kube-system and other system namespaces; while a credential there has run out, pulls of system images from the same hosts may fail. Listing namespaces by name is safer';

function key<T>(row: ConfigKey<T>): ConfigKey<T> {
  return row;
}

/** The keys, in the order of the reference page. */
export const configKeys = {
  serviceAccounts: key<Selection>({
    name: 'service-account',
    managedName: 'serviceAccount',
    form: 'text',
    grammar: 'comma list of names of ServiceAccounts, or `*` for all',
    default: 'default',
    help: 'The ServiceAccounts in the watched namespaces that get the Secret. In YAML the star must be in quotes.',
    read: (value, name) =>
      readSelection(value, name, { wildcard: '*', isName: isServiceAccountName, noun: 'name of a ServiceAccount' }),
  }),
  namespaces: key<Selection>({
    name: 'watch-namespace',
    managedName: 'watchNamespace',
    form: 'text',
    grammar: 'comma list of names of namespaces, or `all`',
    default: 'default',
    help: 'The namespaces that get the Secret. `all` includes system namespaces, whose pulls may break when a credential runs out.',
    read: (value, name) =>
      readSelection(value, name, {
        wildcard: 'all',
        isName: isNamespaceName,
        noun: 'name of a namespace',
        aboutAll: ALL_NAMESPACES,
      }),
  }),
  expiringThresholdMs: key<number>({
    name: 'expiring-threshold',
    managedName: 'expiringThreshold',
    form: 'text',
    grammar: 'decimal numbers with units `ns`, `us`, `ms`, `s`, `m`, `h`: `15m`, `1h30m`, `900s`',
    default: '15m',
    help: 'Passwords are renewed when less life than this is left. Anything else than a duration gives the default.',
    read: readThreshold,
  }),
  notifyEmail: key<string>({
    name: 'notify-email',
    managedName: 'notifyEmail',
    form: 'text',
    grammar: 'text',
    default: DEFAULT_EMAIL,
    help: 'Goes into the field `email` of each host in the Secret. Nothing is ever sent to it.',
    read: readEmail,
  }),
  apiVersion: key<undefined>({
    name: 'acr-api-version',
    form: 'text',
    grammar: 'text',
    default: API_VERSION,
    help: 'Has no effect; any value is accepted.',
    read: readApiVersion,
  }),
  entries: key<readonly RegistryEntry[]>({
    name: 'acr-registry-info',
    managedName: 'AcrInstanceInfo',
    form: 'yaml',
    grammar: 'YAML or JSON: a list of entries, see below',
    default: 'one entry: Personal Edition in the region of the cluster',
    help: 'The registries. A key that is missing, empty or holds only comments means the default.',
    read: readEntries,
  }),
  rrsaEnabled: key<boolean>({
    name: 'rrsa',
    managedName: 'enableRRSA',
    form: 'yaml',
    grammar: 'YAML: `enable: true` or `enable: false`',
    default: 'off',
    help: 'RRSA, for all entries. Serves Enterprise Edition only, and takes the place of every other identity.',
    read: readRrsa,
    fromManaged: (value) => ({ kind: 'map', at: value.at, fields: [{ name: 'enable', at: value.at, value }] }),
  }),
  webhook: key<WebhookSettings>({
    name: 'webhook-configuration',
    form: 'yaml',
    grammar: 'YAML: `enable` (true, false), `failure-policy` (Ignore, Fail), `timeout-seconds` (1 to 30)',
    default: 'off; Ignore; 10',
    help: 'The admission webhook, which attaches the Secret to ServiceAccounts while they are created.',
    read: readWebhook,
  }),
  legacyHosts: key<undefined>({
    name: 'acr-registry',
    form: 'text',
    grammar: 'comma list of host names',
    default: 'not set',
    help: 'Old form: the `domains` of one Personal Edition entry. Has no effect beside entries in `acr-registry-info`.',
    // Joined with the entries, which it stands for.
    read: () => ({ findings: [] }),
  }),
} as const;

function readEmail(value: YamlValue | undefined, name: string): Reading<string> {
  const text = textOf(value);
  if (text !== undefined) return { value: text === '' ? DEFAULT_EMAIL : text, findings: [] };
  return {
    value: DEFAULT_EMAIL,
    findings: [finding('ConfigWarning', name, `is not a text; ${DEFAULT_EMAIL} is used`)],
  };
}

function readApiVersion(value: YamlValue | undefined, name: string): Reading<undefined> {
  const text = textOf(value) ?? '';
  if (text === '' || text === API_VERSION) return { findings: [] };
  return { findings: [finding('ConfigWarning', name, `${quote(text)} is not ${API_VERSION}; the key has no effect`)] };
}
