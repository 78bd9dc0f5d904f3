import type { Finding, WebhookSettings } from '../model.ts';
import { pickFields } from './fields.ts';
import { quote } from './quote.ts';
import { describePlace } from './place.ts';
import { finding, textOf, unusable, type Reading } from './reading.ts';
import { readSwitch } from './rrsa.ts';
import { isBlank, type YamlValue } from './yaml-value.ts';

/** What holds where nothing is said. Source: ACR documentation, webhook-configuration. */
export const webhookDefaults: WebhookSettings = { enabled: false, failurePolicy: 'Ignore', timeoutSeconds: 10 };

/** What Kubernetes accepts. Source: Kubernetes API reference, MutatingWebhook.timeoutSeconds. */
const timeoutRange = { min: 1, max: 30 };

const FAIL_IS_DANGEROUS =
  'failure-policy Fail: while the credential helper is down, no ServiceAccount can be created in watched namespaces, not even the default one of a new namespace, and so no Pod; Ignore is the safe choice';

/** Reads `webhook-configuration`. */
export function readWebhook(value: YamlValue | undefined, key: string): Reading<WebhookSettings> {
  if (value === undefined || isBlank(value)) return { value: webhookDefaults, findings: [] };
  if (value.kind !== 'map') return unusable(key, `${describePlace(value.at)}: is not a mapping`);
  const { fields, findings } = pickFields(value, ['enable', 'failure-policy', 'timeout-seconds'], key);
  const enabled = readSwitch(fields.enable);
  if (enabled === undefined)
    return unusable(key, `${describePlace(fields.enable?.at ?? value.at)}: enable is neither true nor false`);
  const warn = (text: string): unknown => findings.push(finding('ConfigWarning', key, text) satisfies Finding);
  const failurePolicy = readPolicy(fields['failure-policy'], warn);
  const timeoutSeconds = readTimeout(fields['timeout-seconds'], warn);
  if (enabled && failurePolicy === 'Fail') warn(FAIL_IS_DANGEROUS);
  return { value: { enabled, failurePolicy, timeoutSeconds }, findings };
}

function readPolicy(value: YamlValue | undefined, warn: (text: string) => unknown): 'Ignore' | 'Fail' {
  if (isBlank(value)) return webhookDefaults.failurePolicy;
  const text = textOf(value) ?? '';
  const known = (['Ignore', 'Fail'] as const).find((policy) => policy.toLowerCase() === text.toLowerCase());
  if (known === undefined) warn(`failure-policy ${quote(text)} is neither Ignore nor Fail; Ignore is used`);
  return known ?? 'Ignore';
}

function readTimeout(value: YamlValue | undefined, warn: (text: string) => unknown): number {
  if (isBlank(value)) return webhookDefaults.timeoutSeconds;
  const text = textOf(value) ?? '';
  const { min, max } = timeoutRange;
  if (!/^[+-]?\d+$/.test(text)) {
    warn(`timeout-seconds ${quote(text)} is no whole number of seconds from ${min} to ${max}; 10 is used`);
    return webhookDefaults.timeoutSeconds;
  }
  const clamped = Math.min(Math.max(Number(text), min), max);
  if (clamped !== Number(text)) warn(`timeout-seconds ${quote(text)} is outside ${min} to ${max}; ${clamped} is used`);
  return clamped;
}
