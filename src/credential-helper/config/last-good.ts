import type { ConfigState, Finding, HelperConfig } from './model.ts';
import { listSome } from './reading/list-some.ts';
import { finding, type Reading } from './reading/reading.ts';
import type { ConfigReading } from './reading/read-config.ts';

/** What can be kept for itself. */
type Kept = Partial<
  Pick<HelperConfig, 'serviceAccounts' | 'namespaces' | 'expiringThresholdMs' | 'notifyEmail' | 'webhook'>
>;

/** The last values that could be used; absent what never could. */
export interface LastGood extends Readonly<Kept> {
  /**
   * One pair: whether RRSA is on decides as whom the entries are served. New entries with an old switch, or the other way round,
   * would ask with another identity than was meant, or take credentials away.
   */
  readonly registries?: Pick<HelperConfig, 'entries' | 'rrsaEnabled'>;
}

/** What holds after the configuration was read once more. */
export interface Outcome {
  lastGood: LastGood;
  state: ConfigState;
  findings: readonly Finding[];
}

/** What becomes of a key that cannot be used. */
const fates = {
  kept: 'what was read before stays in force',
  keptAsPair: 'registries and RRSA stay in force as they were before',
  nothing: 'nothing is written until it is corrected',
  webhook: 'the webhook is left as it is',
} as const;

/**
 * Joins what was read with what held before: a key that cannot be used keeps its last good value. Where there is none, nothing may
 * be written at all, because every guess would serve other registries, other namespaces or with another identity than was meant;
 * but for the webhook, which is then left as it is. Pure.
 */
export function mergeReading(before: LastGood, reading: ConfigReading): Outcome {
  const fate = (old: unknown): string => (old === undefined ? fates.nothing : fates.kept);
  const lastGood = withoutAbsent({
    serviceAccounts: reading.serviceAccounts.value ?? before.serviceAccounts,
    namespaces: reading.namespaces.value ?? before.namespaces,
    expiringThresholdMs: reading.expiringThresholdMs.value ?? before.expiringThresholdMs,
    notifyEmail: reading.notifyEmail.value ?? before.notifyEmail,
    webhook: reading.webhook.value ?? before.webhook,
    registries: registriesOf(reading) ?? before.registries,
  });
  const pairFate = before.registries === undefined ? fates.nothing : fates.keptAsPair;
  const essential = [
    ...told(reading.serviceAccounts, fate(before.serviceAccounts)),
    ...told(reading.namespaces, fate(before.namespaces)),
    ...told(reading.entries, pairFate),
    ...told(reading.rrsaEnabled, pairFate),
  ];
  const findings = [
    ...essential,
    ...told(reading.expiringThresholdMs, fates.kept),
    ...told(reading.notifyEmail, fates.kept),
    ...told(reading.webhook, before.webhook === undefined ? fates.webhook : fates.kept),
    ...reading.others,
    ...aboutUnusedRrsaFields(lastGood),
  ];
  return { lastGood, findings, state: stateOf(lastGood, essential) };
}

function registriesOf({ entries, rrsaEnabled }: ConfigReading): LastGood['registries'] {
  if (entries.value === undefined || rrsaEnabled.value === undefined) return undefined;
  return { entries: entries.value, rrsaEnabled: rrsaEnabled.value };
}

/** @returns incomplete as long as anything but the webhook is missing. */
function stateOf(good: LastGood, findings: readonly Finding[]): ConfigState {
  const { serviceAccounts, namespaces, expiringThresholdMs, notifyEmail, registries, webhook } = good;
  if (
    serviceAccounts === undefined ||
    namespaces === undefined ||
    expiringThresholdMs === undefined ||
    notifyEmail === undefined ||
    registries === undefined
  ) {
    const unusable = findings.filter(({ reason }) => reason === 'ConfigInvalid').map(({ message }) => message);
    return { kind: 'incomplete', why: unusable.join('; ') };
  }
  const config = { serviceAccounts, namespaces, expiringThresholdMs, notifyEmail, ...registries };
  return { kind: 'complete', config: webhook === undefined ? config : { ...config, webhook } };
}

/** What a reading has to say, with what becomes of the key where it cannot be used. */
function told({ value, findings }: Reading<unknown>, fate: string): Finding[] {
  if (value !== undefined) return [...findings];
  return findings.map((item) =>
    item.reason === 'ConfigInvalid' ? { ...item, message: `${item.message}; ${fate}` } : item,
  );
}

/** Once for all entries: the fields are there because RRSA was meant to be on, or will be. */
function aboutUnusedRrsaFields({ registries }: LastGood): Finding[] {
  if (registries === undefined || registries.rrsaEnabled) return [];
  const positions = registries.entries
    .filter(({ rrsaRoleArn, rrsaProviderArn }) => rrsaRoleArn !== undefined || rrsaProviderArn !== undefined)
    .map(({ position }) => position);
  if (positions.length === 0) return [];
  const where = listSome([...new Set(positions)].map(String));
  return [finding('ConfigWarning', 'rrsa', `is off, so the RRSA fields of entry ${where} have no effect`)];
}

function withoutAbsent(values: { [Key in keyof LastGood]: LastGood[Key] | undefined }): LastGood {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
