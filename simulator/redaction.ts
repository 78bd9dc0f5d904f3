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
      secretNames.test(name) || environmentValue.test(name)
        ? REDACTED
        : name === 'Command'
          ? redactArguments(value)
          : value,
    ]),
  );
}

/** Passwords are passed on command lines; what was run, and with how many arguments, is enough for a record. */
function redactArguments(command: string): string {
  try {
    const items: unknown = JSON.parse(command);
    if (Array.isArray(items)) return JSON.stringify(items.map((item: unknown, at) => (at === 0 ? item : REDACTED)));
  } catch {
    // Not even JSON: refused, and nothing to tell from it.
  }
  return REDACTED;
}
