import type { Text } from '../../secret.ts';
import { findData } from '../references/find-data.ts';
import type { VolumeContext } from './volume-context.ts';

/**
 * Reads the Secret that a volume names, all of it: drivers take its keys as options.
 * @returns no options when it is missing, which the findings are told.
 */
export function secretOptions(
  reference: { namespace: string; name: string },
  { references, findings }: VolumeContext,
): Map<string, Text> {
  const entries = findData(references, { kind: 'Secret', ...reference, optional: false }, findings);
  return new Map(
    [...(entries ?? [])].flatMap(([key, { variable }]) => (variable.kind === 'text' ? [[key, variable.text]] : [])),
  );
}

/** The same, and waits for the keys that the driver cannot do without. */
export function requiredSecretOptions(
  reference: { namespace: string; name: string },
  keys: readonly string[],
  context: VolumeContext,
): Map<string, Text> {
  const options = secretOptions(reference, context);
  // Of an object that is missing altogether it has been told.
  if (options.size === 0) return options;
  for (const key of keys) {
    if (options.has(key)) continue;
    context.findings.absent({ reference: { kind: 'Secret', ...reference, key }, optional: false });
  }
  return new Map([...options].filter(([key]) => keys.includes(key)));
}
