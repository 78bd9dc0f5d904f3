/** What stands in for a secret. */
export const REDACTED = '[redacted]';

/** Parameters that hold secrets: of any API of ours, at any depth of a flattened name. */
const secretNames =
  /(^|\.)([A-Za-z]*Password|[A-Za-z]*Secret|SecurityToken|OIDCToken|Signature|Content|UserData|Options)$/;

/** Values of environment variables are where people keep secrets, though not all of them are. */
const environmentValue = /(^|\.)EnvironmentVar\.[0-9]+\.Value$/;

/** Copies parameters for a record, with secrets replaced. */
export function redactParameters(params: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...params].map(([name, value]) => [
      name,
      secretNames.test(name) || environmentValue.test(name) ? REDACTED : value,
    ]),
  );
}
